//! rust-rdkafka. What the scenarios are: ../scenarios.ts.

mod broker;
mod contract;
mod groups;
mod records;
mod topics;
mod transactions;

use broker::Options;

const NEW: Options = &[("group.protocol", "consumer")];
const STICKY: Options = &[("partition.assignment.strategy", "cooperative-sticky")];

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    match contract::scenario().as_str() {
        "version" => contract::check("version", || {
            format!("0.39.0 (librdkafka {})", rdkafka::util::get_rdkafka_version().1)
        }),
        "produce" => records::produce_all(),
        "values" => records::values(),
        "idempotent" => records::idempotent(),
        "transactions" => transactions::all(),
        "group" => groups::group("group", &[]),
        "cooperative" => groups::group("cooperative", STICKY),
        "consumer-group" => groups::group("consumer-group", NEW),
        "crash" => groups::crash("crash", &[]),
        "resume" => groups::resume("crash", &[]),
        "consumer-crash" => groups::crash("consumer-crash", NEW),
        "consumer-resume" => groups::resume("consumer-crash", NEW),
        "static" => groups::static_members(),
        "topics" => topics::topics(),
        "groups" => topics::groups(),
        "delete-records" => topics::delete_records(),
        "times" => records::times(),
        "compacted" => records::compacted(),
        "restart" => records::restart(),
        other => panic!("there is no scenario {other}"),
    }
    std::process::exit(0);
}

/** Tests of which it is known that they cannot pass here. */
interface KnownTests {
  readonly file: RegExp
  /** Part of the full name; all tests of the file when it is missing. */
  readonly name?: RegExp
  readonly reason: string
}

/** What a single node without TLS and SASL cannot be asked for. These tests are not run. */
const NOT_APPLICABLE: readonly KnownTests[] = [
  { file: /./, name: /\bSSL\b/, reason: 'needs TLS' },
  { file: /./, name: /\b(SASL|SCRAM|PLAIN|SaslAuthenticate)\b|mechanism isn't supported/, reason: 'needs SASL' },
  { file: /admin.*(create|describe|delete)Acls/, reason: 'needs SASL: users log in' },
]

/** Why a test is not run; null: it is. */
export const whyNotApplicable = (file: string, name: string): string | null =>
  NOT_APPLICABLE.find(known => known.file.test(file) && (known.name?.test(name) ?? true))?.reason ?? null

# What `check` needs of something that builds and runs containers: docker, or buildah without any service. A container has the network of
# the host or publishes its ports there; `$log` takes what it writes. Sourced.

image=odradek-check
log=$work/log

if docker info > /dev/null 2>&1; then
  engine=docker
elif [[ $(id -u) == 0 ]] && command -v buildah > /dev/null; then
  engine=buildah
  BUILDAH="buildah --storage-driver vfs --root ${ODRADEK_BUILDAH_ROOT:-$work/storage} --runroot $work/run"
  export BUILDAH BUILDAH_ISOLATION=chroot
else
  echo 'skipped: neither a docker engine, nor root and buildah'
  exit 0
fi

build_with_docker() { docker build --quiet --tag "$image" "$root" > /dev/null; }

build_with_buildah() {
  local options=()
  $BUILDAH pull --quiet --policy missing node:24-slim > /dev/null 2>&1 || "$here/base-image"
  # Where the registry of packages is reached through an authority of its own, npm has to know it.
  if [[ -n ${NODE_EXTRA_CA_CERTS:-} ]]; then
    echo 'cafile=/tmp/authorities.pem' > "$work/npmrc"
    options=(--volume "$work/npmrc:/usr/local/etc/npmrc:ro" --volume "$NODE_EXTRA_CA_CERTS:/tmp/authorities.pem:ro")
  fi
  # Of the formats only that of docker knows of health.
  $BUILDAH build --quiet --format docker "${options[@]}" --tag "$image" "$root" > "$work/build.log" 2>&1 \
    || { tail -n 20 "$work/build.log"; return 1; }
}

# start COMMAND...: the variables for it are in `$environment` (NAME=value), the volume for its data is the folder `$data`.
start_with_docker() {
  local options=() pair port
  for pair in "${environment[@]}"; do options+=(--env "$pair"); done
  for port in "${ports[@]}"; do options+=(--publish "$port:$port"); done
  container=$(docker run --detach "${options[@]}" --volume "$data:/var/lib/kafka/data" "$image" "$@")
  docker logs --follow "$container" > "$log" 2>&1 &
}

start_with_buildah() {
  local options=() pair
  for pair in "${environment[@]}"; do options+=(--env "$pair"); done
  container=$($BUILDAH from --quiet --pull-never "$image")
  $BUILDAH run "${options[@]}" --volume "$data:/var/lib/kafka/data" "$container" -- "$@" > "$log" 2>&1 &
  runner=$!
}

# run_in COMMAND...: in the container that was started.
run_in_with_docker() { docker exec --interactive "$container" "$@"; }
run_in_with_buildah() {
  local options=() pair
  for pair in "${environment[@]}"; do options+=(--env "$pair"); done
  $BUILDAH run "${options[@]}" "$container" -- "$@"
}

copy_with_docker() { docker cp --quiet "$1" "$container:$2"; }
copy_with_buildah() { $BUILDAH copy --quiet "$container" "$1" "$2" > /dev/null; }

# Ends the container by the signal that a stop sends; its exit code is `$status` then.
stop_with_docker() {
  docker stop --time 30 "$container" > /dev/null
  status=$(docker inspect --format '{{.State.ExitCode}}' "$container")
  docker rm "$container" > /dev/null
}

stop_with_buildah() {
  local pid=$runner child
  status=0
  while child=$(pgrep --parent "$pid" | tail -n 1) && [[ -n $child ]]; do pid=$child; done
  kill -TERM "$pid"
  wait "$runner" || status=$?
  $BUILDAH rm "$container" > /dev/null
}

# What the image says of itself: user, stop signal, health check, volumes, ports, command.
described_by_docker() { docker image inspect "$image" --format '{{json .Config}}'; }
described_by_buildah() {
  $BUILDAH inspect --type image "$image" | node -e 'console.log(JSON.stringify(JSON.parse(require("node:fs").readFileSync(0)).Docker.config))'
}

# Mebibytes of the image above its base.
size_with_docker() {
  local both
  both=($(docker image inspect --format '{{.Size}}' "$image" node:24-slim))
  echo $(((both[0] - both[1]) >> 20))
}
size_with_buildah() {
  local name sizes=() mounted
  for name in "$image" node:24-slim; do
    mounted=$($BUILDAH from --quiet --pull-never "$name")
    sizes+=("$(du -sm "$($BUILDAH mount "$mounted")" | cut -f 1)")
    $BUILDAH rm "$mounted" > /dev/null
  done
  echo $((sizes[0] - sizes[1]))
}

for verb in build start run_in copy stop size; do eval "$verb() { ${verb}_with_$engine \"\$@\"; }"; done
described() { "described_by_$engine"; }

#!/bin/sh
# Called by Maven: builds or checks the console unless that was done after the last change.
# usage: scripts/build.sh build|check|is-built
set -eu
cd "$(dirname "$0")/.."
step=$1
inputs="src public scripts index.html package.json package-lock.json .npmrc vite.config.ts tsconfig.json"
case $step in
  build | is-built) stamp=dist/.built ;;
  check)
    stamp=target/.checked
    inputs="$inputs dev eslint.config.js .prettierrc.json .prettierignore README.md"
    ;;
  *)
    echo "step: $step (expected: build, check or is-built)" >&2
    exit 1
    ;;
esac

fresh() {
  [ -e "$1" ] || return 1
  shift_stamp=$1
  shift
  # A directory counts too: its time changes when a file in it is removed.
  [ -z "$(find "$@" -newer "$shift_stamp" -print 2>/dev/null | head -n 1)" ]
}

# shellcheck disable=SC2086
if [ "$step" = is-built ]; then
  fresh "$stamp" $inputs
  exit
fi
# shellcheck disable=SC2086
if fresh "$stamp" $inputs; then
  echo "console: $step is up to date"
  exit 0
fi
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "console: node $(node --version 2>/dev/null || echo 'not found') (expected: Node.js 20.19 or later with npm on the path)" >&2
  exit 1
fi
if ! fresh node_modules/.installed package.json package-lock.json .npmrc; then
  npm ci --no-audit --no-fund
  touch node_modules/.installed
fi
# The stamp gets the time before the work, so that a change made meanwhile is seen the next time.
mkdir -p target
touch target/.started
npm run "$step"
# Old hashed files would otherwise stay in the jar.
[ "$step" = check ] || rm -rf target/classes/static
mv target/.started "$stamp"

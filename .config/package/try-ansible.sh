#!/usr/bin/env bash
# Plays examples/ansible.yml and ansible-uninstall.yml on four Debians that are booted with systemd and have an engine, over ssh: a dry
# run, wrong limits, all of it, again, one changed limit, a host that fails, away again. As root, after `npm run package`; needs
# ansible-core, an ssh client, what machine.sh names, and some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .config/package/machine.sh

make_root docker.io,openssh-server,python3
ssh-keygen -q -N '' -t ed25519 -f "$machines/key"
hosts=(one two three four)
echo '[docker_hosts]' >"$machines/hosts"
for host in "${hosts[@]}"; do
  boot "$host"
  inside "$host" sh -c 'mkdir -p -m 700 /root/.ssh /run/sshd && cat >/root/.ssh/authorized_keys' <"$machines/key.pub"
  inside "$host" sh -c 'mkdir -p /etc/docker && echo "{\"bridge\": \"none\", \"iptables\": false}" >/etc/docker/daemon.json && systemctl restart docker'
  inside "$host" sh -c 'tar -cC / etc/hostname | docker import - old:1' >/dev/null
  # ssh as ever, to a server that is reached without a network.
  echo "$host ansible_ssh_common_args=\"-o ProxyCommand='nsenter --target ${first[$host]} --all /usr/sbin/sshd -i'\"" >>"$machines/hosts"
done
export ANSIBLE_HOST_KEY_CHECKING=no ANSIBLE_PRIVATE_KEY_FILE="$machines/key" ANSIBLE_REMOTE_USER=root ANSIBLE_NOCOLOR=1 ANSIBLE_PIPELINING=1 \
  ANSIBLE_SSH_ARGS='-o ControlMaster=auto -o ControlPersist=60s' ANSIBLE_LOCAL_TEMP="$machines/local" ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3

# play FILE OPTION...: what it says is in $said.
play() {
  local file="$1" code=0
  shift
  said="$(ansible-playbook --inventory "$machines/hosts" "examples/$file" "$@" 2>&1)" || code=$?
  echo "== ansible-playbook $file $* ($code)"
  grep -A9 '^PLAY RECAP' <<<"$said"
  return "$code"
}
says() { grep -q -- "$1" <<<"$said" || { echo "$said"; echo "Not said: $1" >&2; exit 1; }; }
fails() { if "$@"; then echo "$said"; echo "No failure: $*" >&2; exit 1; fi; }
each() { for host in "${hosts[@]}"; do inside "$host" sh -c "$1" || { echo "Not so on $host: $1" >&2; exit 1; }; done; }
before="$(inside four find /etc /usr /var/lib -not -path '/var/lib/dpkg/*' -not -path '/var/lib/docker/*' | sort)"

play ansible.yml --tags dry-run || { echo "$said"; exit 1; }
says '"images": 1'
each 'docker-gc --version && test ! -e /etc/docker-gc && test ! -e /etc/systemd/system/docker-gc.timer'

# The first host alone, and not even there do they come into force.
for wrong in '--tags limits' '--tags limits --start-at-task Make_a_folder_for_the_limits'; do
  read -ra options <<<"$wrong"
  fails play ansible.yml "${options[@]//_/ }" --extra-vars '{"docker_gc_config": {"max-agee": "7d"}}'
  says 'max-agee'
  [ "$(grep -c 'unreachable=.*failed=1' <<<"$said")" = 1 ]
  each 'test ! -e /etc/docker-gc/config.yaml'
done

play ansible.yml || { echo "$said"; exit 1; }
each 'systemctl is-active --quiet docker-gc.timer && docker-gc config | grep -q "quota *50G"'
each 'systemctl start docker-gc.service && docker-gc history | grep -qE "[1-9] runs?"'
play ansible.yml || { echo "$said"; exit 1; }
[ "$(grep -c 'changed=0.*failed=0' <<<"$said")" = 4 ] || { echo "$said"; exit 1; }

limit='{"docker_gc_config": {"quota": "30G"}}'
play ansible.yml --tags limits --extra-vars "$limit" || { echo "$said"; exit 1; }
each 'docker-gc config | grep -q "quota *30G"'

# The second host fails, is named, and those behind it keep their limits.
inside two systemctl stop docker.socket docker.service
fails play ansible.yml --tags limits --extra-vars '{"docker_gc_config": {"quota": "20G"}}'
says '^two .*failed=1'
says 'Cannot reach a Docker Engine'
inside one sh -c 'docker-gc config | grep -q "quota *20G"'
for host in two three four; do inside "$host" sh -c 'docker-gc config | grep -q "quota *30G"'; done
inside two systemctl start docker.service

play ansible-uninstall.yml || { echo "$said"; exit 1; }
each '! command -v docker-gc && test -e /var/lib/docker-gc/ledger.db && test -e /etc/docker-gc/config.yaml'
play ansible-uninstall.yml --extra-vars docker_gc_purge=true || { echo "$said"; exit 1; }
play ansible-uninstall.yml --extra-vars docker_gc_purge=true || { echo "$said"; exit 1; }
[ "$(grep -c 'changed=0.*failed=0' <<<"$said")" = 4 ] || { echo "$said"; exit 1; }
diff <(echo "$before") <(inside four find /etc /usr /var/lib -not -path '/var/lib/dpkg/*' -not -path '/var/lib/docker/*' | sort)
echo "The playbooks install, check, change and uninstall on four hosts, and stop where one fails."

import { commands, defaultCommand } from "../commands.js";

// What the manual page says and the help does not: the help is for those who know, and look for an option.

const ofRun = commands.find(({ name }) => name === defaultCommand)?.description ?? "";

export const description = [
  ofRun,
  `A use of an image is: a container is created from it, starts or ends; it is pulled, loaded, imported, built, tagged or pushed; another image
  is built on it. An image that a container refers to is in use now. An exec in a container, a health check, an inspection or the removal of
  a name is no use.`,
  `The last event of each run is remembered. When the next run finds it again among the events that the engine still has, nothing in between was
  missed. Otherwise there is a gap, which the report states, and whose time does not count as idle. An image that is seen for the first time
  begins at zero, or at the latest use that the events report; its creation date never makes it old.`,
  `What has been idle for --max-age goes. If all images together are over --quota, the least recently used go, and those that still fit
  stay. Layers that images share count once. For --min-free and --min-free-inodes, the least recently used go until there is enough; it is measured
  again before each removal. Whatever the limits say, an image stays that is in use, among the most recently used, inside the grace time, or matched by
  a keep rule.`,
  `Images are removed one at a time, all names of an image or none, and never by force. Just before, each is looked at again. A run that is
  killed loses nothing; the next one puts right what it left half done. Containers, volumes, networks and the build cache are left alone.`,
  `Settings come from the command line, else the environment, else a config file; docker-gc config shows where each comes from. The engine is found as
  the docker command finds it. With a link named docker-gc in a folder of docker's plugins, such as ~/.docker/cli-plugins, the command is also docker gc.`,
];

/** Of the environment, besides the options: what each is for. */
export const otherVariables = [
  ["DOCKER_HOST, DOCKER_CONTEXT", "The engine, where neither --host nor --context names one."],
  ["DOCKER_CONFIG", "The folder with docker's settings and contexts. The default is ~/.docker."],
  ["DOCKER_TLS_VERIFY, DOCKER_CERT_PATH", "TLS to an engine at a TCP address, as for the docker command."],
  ["TZ", "The time zone of the times that are shown, by its name, as in Europe/Berlin. JSON has UTC."],
  [
    "COLUMNS",
    "How wide a result may be that does not go to a terminal. Without it, history takes 80 columns, and all else is left whole.",
  ],
  [
    "LC_ALL, LC_CTYPE, LANG",
    "Where the first of them that is set names no UTF-8, as C does not, results are in ASCII.",
  ],
  ["NO_COLOR, FORCE_COLOR", "No colour, or colour everywhere, where --color does not say."],
  [
    "XDG_STATE_HOME, XDG_CONFIG_HOME",
    "Where users other than root have their ledger and their config file. The defaults are ~/.local/state and ~/.config.",
  ],
] as const;

export const files = [
  [
    "/etc/docker-gc/config.yaml",
    "The config file of root: settings in YAML or JSON, by the long names of the options.",
  ],
  ["~/.config/docker-gc/config.yaml", "The config file of another user; see XDG_CONFIG_HOME."],
  ["/var/lib/docker-gc/ledger.db", "The ledger of root."],
  ["~/.local/state/docker-gc/ledger.db", "The ledger of another user; see XDG_STATE_HOME."],
  [
    "ledger.db.lock, ledger.db.holder, ledger.db-wal, ledger.db-shm",
    "Beside a ledger: the lock of the run at work, who that is, and files of SQLite.",
  ],
  ["ledger.db.said", "Beside a ledger: what runs with --quiet have reported already. It may be deleted."],
  [
    "ledger.db.idle",
    "Beside a ledger: until when runs with --quiet have nothing to do if nothing happens. It may be deleted.",
  ],
] as const;

export const seeAlso =
  "docker-image-prune(1), docker-system-df(1), docker-context-use(1), crontab(5), systemd.timer(5)";

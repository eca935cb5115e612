import { options } from "../../../src/cli/options/options.js";
import type { Random } from "../random.js";

/** Values that somebody may type, right and wrong. */
const values = [
  ...[
    "off",
    "0",
    "1",
    "7d",
    "1d12h",
    "12h1d",
    "90s",
    "0s",
    "5",
    "-1",
    "1e3",
    "1e999",
    "NaN",
    "Infinity",
    "99999999d",
  ],
  ...[
    "50G",
    "50GiB",
    "0.5G",
    "1,5G",
    "50 G",
    "80%",
    "0%",
    "100%",
    "101%",
    "-5%",
    "%",
    "1E",
    "9007199254740993",
    "1K",
  ],
  ...[
    "redis",
    "redis:7",
    "redis:*",
    "**",
    "[",
    "[z-a]",
    "{a,b",
    "(",
    "re:",
    "re:(",
    "re:a{99999}",
    "re:^.*$",
    "!x",
    "a\\",
  ],
  ...[
    "sha256:",
    `sha256:${"a".repeat(64)}`,
    "deadbeefcafe",
    "UPPER/case:1",
    "a//b",
    ":",
    "@",
    "a@b",
    "a:b:c",
    "#x",
  ],
  ...[
    "text",
    "json",
    "yaml",
    "auto",
    "always",
    "true",
    "false",
    "yes",
    "banana",
    "",
    " ",
    "\t",
    "\u0000",
    "\u001b[2J",
  ],
  ...[
    "tcp://127.0.0.1:1",
    "tcp://",
    "tcp://[::1]:1",
    "unix://",
    "unix://relative",
    "ssh://user@127.0.0.1:1",
    "http://%zz@x",
  ],
  ...[
    "KEY",
    "KEY=VALUE",
    "=VALUE",
    "__proto__",
    "constructor=1",
    "prototype",
    "toString",
    "\u{1f433}",
    "x".repeat(5000),
  ],
  ...[
    "--",
    "-",
    "---",
    "=",
    "$HOME",
    "`id`",
    "'",
    '"',
    "\\",
    "\n",
    "a\nb",
    "../../etc/passwd",
    "%s%n",
    "\ud800",
  ],
];

const letters = Array.from(
  "abnqvhHo=-:/@*?[]{}()!^$\\|.,#%0123456789 \t\n\r\u0000\u001b\u00e9\u{1f433}sha256:",
);

/** Anything from a proper value to noise. */
function anyValue(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return anyText(random, 12);
    case 1:
      return mangle(random.pick(values), random);
    default:
      return random.pick(values);
  }
}

function anyText(random: Random, longest: number): string {
  return Array.from({ length: random.below(longest + 1) }, () => random.pick(letters)).join("");
}

/** A letter more, a letter less, another one, or twice. */
function mangle(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const [before, behind] = [text.slice(0, at), text.slice(at)];
  return random.pick([
    before + anyText(random, 3) + behind,
    before + behind.slice(1),
    before + anyText(random, 1) + behind.slice(1),
    text + text,
    before,
  ]);
}

/** Command lines that are mostly made of real options. */
export function anyCommandLine(random: Random): string[] {
  return Array.from({ length: random.below(7) }, () => anyArguments(random)).flat();
}

function anyArguments(random: Random): string[] {
  const { name, alias } = random.pick(options);
  const typed = random.chance(0.1) ? mangle(name, random) : name;
  const short = `-${alias ?? anyText(random, 2)}`;
  switch (random.below(8)) {
    case 0:
      return [`--${typed}`];
    case 1:
    case 2:
      return [`--${typed}=${anyValue(random)}`];
    case 3:
    case 4:
      return [`--${typed}`, anyValue(random)];
    case 5:
      return random.chance(0.5) ? [short + anyValue(random)] : [short, anyValue(random)];
    case 6:
      return [
        random.pick([
          "run",
          "status",
          "explain",
          "history",
          "config",
          "completion",
          "--no-quota",
          "--help",
          "--version",
          "-nqv",
          "-n=x",
          "--quota.x=1",
        ]),
      ];
    default:
      return [anyValue(random)];
  }
}

const otherVariables = [
  "DOCKER_GC_",
  "DOCKER_GC_X",
  "DOCKER_GC_MAX_AG",
  "DOCKER_GC_TEST_HOST",
  "PATH",
  "__proto__",
];

export function anyEnvironment(random: Random): Record<string, string> {
  const names = options.flatMap(({ variable }) => variable ?? []);
  const count = random.below(4);
  const entries = Array.from({ length: count }, (): [string, string] => [
    random.chance(0.1) ? random.pick(otherVariables) : random.pick(names),
    anyValue(random),
  ]);
  return Object.fromEntries(entries);
}

/** A config file, YAML or JSON, mostly made of real options. */
export function anyConfigFile(random: Random): string {
  const entries = Array.from({ length: random.below(6) }, (): [string, unknown] => {
    const { name } = random.pick(options);
    const value = anyValue(random);
    const other = random.pick([
      true,
      false,
      null,
      7,
      1.5,
      [],
      {},
      [value, "redis"],
      [7],
      [[value]],
      { a: value },
    ]);
    return [random.chance(0.1) ? mangle(name, random) : name, random.chance(0.6) ? value : other];
  });
  const text = random.chance(0.3) ? JSON.stringify(Object.fromEntries(entries)) : asYaml(entries, random);
  return random.chance(0.2) ? mangle(text, random) : text;
}

function asYaml(entries: readonly (readonly [string, unknown])[], random: Random): string {
  const lines = entries.map(([name, value]) => {
    if (Array.isArray(value) && random.chance(0.7))
      return `${name}:\n${value.map((item) => `  - ${String(item)}`).join("\n")}`;
    // As written by hand, without a quote where YAML would want one, or in any of its other ways.
    const plain = typeof value === "string" ? value : JSON.stringify(value);
    const style = random.pick(["", "", "", "|\n  ", ">\n  ", "&a ", "*", "!!str ", "!x ", "'", '"', "# "]);
    return `${name}: ${style}${plain}`;
  });
  return [...random.pick([[], [], ["---"], ["%YAML 1.1", "---"], ["# why"]]), ...lines].join("\n");
}

/** A keep file of some lines. */
export function anyKeepFile(random: Random): string {
  const lines = Array.from({ length: random.below(8) }, () => {
    const value = anyValue(random);
    return random.pick([value, value, `${value} # why`, `#${value}`, ` ${value} `, ""]);
  });
  return lines.join(random.pick(["\n", "\n", "\r\n", "\r"])) + random.pick(["", "\n", "\u0000", "\ufeff"]);
}

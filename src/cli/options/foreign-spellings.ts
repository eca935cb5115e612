/** What an option of `docker image prune`, or of other tools that remove images, is called here. */
interface Counterpart {
  /** As it is typed, without what follows `=`. */
  readonly spellings: readonly string[];
  readonly hint: (value: string | null) => string;
}

const filterHints: readonly (readonly [start: string, hint: string])[] = [
  ["until=", "--max-age DURATION, which goes by the last use"],
  ["label!=", "--keep-label KEY[=VALUE]"],
  ["label=", "--only PATTERN, which goes by name, or --keep-label KEY[=VALUE] for what stays"],
  ["dangling=", "--untagged-age DURATION, for images without a tag"],
  ["reference=", "--only PATTERN"],
];
const anyFilter = "--max-age, --untagged-age, --only or --keep-label";

const counterparts: readonly Counterpart[] = [
  {
    spellings: ["--filter"],
    hint: (value) => filterHints.find(([start]) => value?.startsWith(start) === true)?.[1] ?? anyFilter,
  },
  { spellings: ["--older-than"], hint: () => "--max-age DURATION, which goes by the last use" },
  {
    spellings: ["-f", "--force"],
    hint: () =>
      "nothing, as docker-gc never forces a removal; --yes answers the question that a run by hand asks",
  },
  { spellings: ["-a", "--all"], hint: () => "nothing, as all images without a use are meant" },
  { spellings: ["-y", "--assume-yes"], hint: () => "--yes" },
  { spellings: ["--format", "--json"], hint: () => "--output json" },
  {
    spellings: ["--keep-last"],
    hint: () => "--max-versions N, by which all but the N last used of a repository go, or --keep-newest N",
  },
];

/** What to give in place of an option that is not known here; null where nothing like it is. */
export function hintFor(typed: string, value: string | null): string | null {
  const [name = "", ...attached] = typed.split("=");
  const found = counterparts.find(({ spellings }) => spellings.includes(name));
  return found?.hint(attached.length > 0 ? attached.join("=") : value) ?? null;
}

/** Variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What decides where a user's files go: see `process.geteuid`, `os.homedir` and `process.env`. */
export interface UserEnvironment {
  /** Effective user ID; null where the system has none. */
  readonly uid: number | null;
  readonly home: string;
  readonly env: Environment;
}

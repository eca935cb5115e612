/** The filesystem that holds an engine's images, as a program that is not root may use it. */
export interface Filesystem {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** 0 where the filesystem does not count them, as btrfs does not. */
  readonly totalInodes: number;
  readonly freeInodes: number;
}

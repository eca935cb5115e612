/** What was used when on one engine, as far as it was observed. */
export interface UseLog {
  readonly images: readonly LoggedImage[];
  /** In the order of their beginning. Epoch milliseconds; `to` is null for an image that is in use. */
  readonly sessions: readonly { readonly image: number; readonly from: number; readonly to: number | null }[];
}

export interface LoggedImage {
  readonly number: number;
  /** Canonical; empty for an image without a name. */
  readonly repository: string;
  /** When it was seen to have lost its last tag; epoch milliseconds, null for one that has a tag. */
  readonly untaggedAt: number | null;
  /** Lowest first. A name is the same for the same layer on the same ones. */
  readonly layers: readonly { readonly name: string; readonly bytes: number }[];
}

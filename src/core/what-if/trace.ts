/** A layer of a traced image: its name, its bytes, and whether it is made by a build and not pulled. */
export interface TracedLayer {
  readonly name: string;
  readonly bytes: number;
  readonly isBuilt: boolean;
}

/** One line of a trace; `at` is in seconds, in the order of time. An image's own line comes before its first event. */
export type TraceLine =
  | {
      readonly kind: "image";
      readonly image: string;
      readonly repository: string;
      readonly layers: readonly TracedLayer[];
    }
  | {
      readonly kind: "use" | "build";
      readonly image: string;
      readonly at: number;
      /** How long a container of it runs. */
      readonly seconds: number;
    }
  | { readonly kind: "untag"; readonly image: string; readonly at: number };

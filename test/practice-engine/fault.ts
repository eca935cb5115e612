/** What goes wrong with one request. */
export type Fault =
  /** The engine does nothing, and answers this. */
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown }
  /** The engine does nothing, and never answers. */
  | { readonly kind: "hang" }
  /** The engine does what was asked, and the connection breaks after so many bytes of the body. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** The engine waits before it does what was asked. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The engine does what was asked, and another body goes out. */
  | { readonly kind: "transform"; readonly body: (text: string) => string };

/** @param path without the API version, with the query: `/images/json?all=1` */
export type FaultRule = (method: string, path: string) => Fault | undefined;

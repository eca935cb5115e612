export type Verbosity = "normal" | "verbose";

import { flag, list, planning, value, type ListedOption } from "../option.js";

export const whatStays = [
  {
    ...value,
    name: "grace",
    commands: planning,
    placeholder: "DURATION",
    default: "1h",
    description: "Never remove what was first seen, pulled, built or used less than this ago.",
    daily: "What is younger than this.",
  },
  {
    ...value,
    name: "keep-recent",
    commands: planning,
    placeholder: "N",
    default: "1",
    description: "Always keep the N most recently used images.",
  },
  {
    ...value,
    name: "keep-newest",
    commands: planning,
    placeholder: "N",
    default: "0",
    description:
      "Keep the N most recently used images of every repository; several tags of one image count once.",
  },
  {
    ...flag,
    name: "keep-local",
    commands: planning,
    description: "Keep images that no registry is known to have: built or loaded here, never pushed.",
  },
  {
    ...flag,
    name: "keep-unpullable",
    commands: planning,
    description:
      "Before an image goes, ask through the engine whether a registry still has it under one of its names; keep it where none has, or none can be asked. At most 20 are asked a run.",
  },
  {
    ...list,
    name: "keep",
    commands: planning,
    placeholder: "PATTERN",
    description: "Keep images with a matching name, digest or ID.",
    daily: "These, by name, digest or ID.",
  },
  {
    ...list,
    name: "keep-label",
    commands: planning,
    placeholder: "KEY[=VALUE]",
    description: "Keep images with this label.",
  },
  {
    ...flag,
    name: "ignore-keep-label",
    commands: planning,
    description: "Let images with the label docker-gc.keep go: whoever pushes an image can give it one.",
  },
  {
    ...value,
    name: "keep-file",
    commands: planning,
    placeholder: "FILE",
    description: "Keep what the patterns in this file match: one a line, # starts a comment.",
  },
] as const satisfies readonly ListedOption[];

/** The word with which the docker command asks a program in its plugin folder who it is. */
export const metadataWord = "docker-cli-plugin-metadata";

/** The word with which shells ask docker, docker asks its plugins, and our own scripts ask for what a word may go on to. */
export const completeWord = "__complete";

/** Who it is. https://github.com/docker/cli/blob/master/cli-plugins/metadata/metadata.go */
export function pluginMetadata(version: string): string {
  const metadata = {
    SchemaVersion: "0.1.0",
    Vendor: "docker-gc",
    Version: version,
    ShortDescription: "Remove images by last use",
  };
  return `${JSON.stringify(metadata)}\n`;
}

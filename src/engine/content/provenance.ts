import { toImageId, type ManifestDigest } from "../../core/image/image.js";
import { asArray, asObject, objectIn, optionalTextIn } from "../transport/fields.js";

/** Where the manifest of an attestation says that one of its layers is a provenance. */
export const predicateType = "in-toto.io/predicate-type";
export const provenancePrefix = "https://slsa.dev/provenance/";

/**
 * The images that a build took something from, in any of its stages: digests of what their names pointed to, which is what the
 * containerd store calls them. BuildKit writes them into the provenance that it adds to what it builds: as materials (SLSA
 * 0.2) or resolved dependencies (1.0).
 *
 * @param statement in-toto's, as it lies in the layer of an attestation
 */
export function basesIn(statement: unknown): readonly ManifestDigest[] {
  const predicate = objectIn(asObject(statement, "statement"), "predicate", "statement");
  const materials =
    predicate["materials"] ?? objectIn(predicate, "buildDefinition", "predicate")["resolvedDependencies"];
  return asArray(materials ?? [], "materials").flatMap((each) => {
    const material = asObject(each, "materials");
    // The others are files and repositories.
    if (!optionalTextIn(material, "uri", "materials").startsWith("pkg:docker/")) return [];
    const digest = objectIn(material, "digest", "materials");
    return toImageId(optionalTextIn(digest, "sha256", "materials.digest")) ?? [];
  });
}

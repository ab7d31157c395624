package io.tidemark.engine.work;

import java.util.List;

/**
 * Asks a worker to read keys afresh from the source.
 *
 * @param id tells requests apart
 * @param keys values of the key columns in canonical text
 * @param done whether it was carried out
 * @param undecodable keys whose rows the source has with a value that cannot be held; their rows in the mirror stay as they are
 */
public record RepairRequest(String id, List<List<String>> keys, boolean done, List<List<String>> undecodable) {
    /** Asks for keys. */
    public static RepairRequest of(String id, List<List<String>> keys) {
        return new RepairRequest(id, keys, false, List.of());
    }

    /** The same, carried out. */
    RepairRequest carriedOut(List<List<String>> keysLeft) {
        return new RepairRequest(id, List.of(), true, keysLeft);
    }

    public RepairRequest {
        keys = List.copyOf(keys);
        undecodable = List.copyOf(undecodable);
    }
}

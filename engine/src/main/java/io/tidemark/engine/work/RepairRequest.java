package io.tidemark.engine.work;

import java.util.List;

/**
 * Asks a worker to read keys afresh from the source.
 *
 * @param id tells requests apart
 * @param keys values of the key columns in canonical text
 * @param done whether it was carried out
 */
public record RepairRequest(String id, List<List<String>> keys, boolean done) {
    public RepairRequest {
        keys = List.copyOf(keys);
    }
}

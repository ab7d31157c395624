package io.tidemark.lake.hudi.schema;

import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A stored spec as text pairs: in the table's properties when it is made, and in each of its commits. */
public final class SpecText {
    /** {@code name:id} of each column in the files. Names hold letters, digits and {@code _} only. */
    private static final String COLUMNS = "tidemark.columns";

    private static final String TAKEN = "tidemark.taken-names";
    private static final String NEXT_ID = "tidemark.next-field-id";

    private SpecText() {}

    public static Map<String, String> write(StoredSpec stored) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < stored.names().size(); i++) {
            columns.add(stored.names().get(i) + ":" + stored.fieldIds().get(i));
        }
        return Map.of(
                SpecProperties.KEY,
                SpecProperties.write(stored.spec()),
                COLUMNS,
                String.join(",", columns),
                TAKEN,
                String.join(",", stored.taken().stream().sorted().toList()),
                NEXT_ID,
                Integer.toString(stored.nextId()));
    }

    /** Empty when the pairs are not of a mirror. */
    public static Optional<StoredSpec> find(Map<String, String> pairs) {
        return SpecProperties.find(pairs).map(spec -> {
            try {
                List<String> names = new ArrayList<>();
                List<Integer> ids = new ArrayList<>();
                for (String column : text(pairs, COLUMNS).split(",", -1)) {
                    int colon = column.indexOf(':');
                    names.add(column.substring(0, Math.max(colon, 0)));
                    ids.add(Integer.parseInt(column.substring(colon + 1)));
                }
                Set<String> taken = Set.of(text(pairs, TAKEN).split(",", -1));
                return new StoredSpec(spec, names, ids, taken, Integer.parseInt(text(pairs, NEXT_ID)));
            } catch (NumberFormatException e) {
                throw new TidemarkException(
                        ErrorCode.LAKE_SCHEMA_MISMATCH,
                        "Cannot read the mirror of " + spec.schema().table()
                                + ": what its newest commit says of its columns is not understood",
                        e);
            }
        });
    }

    private static String text(Map<String, String> pairs, String key) {
        String text = pairs.get(key);
        if (text == null) {
            throw new NumberFormatException(key + " is missing");
        }
        return text;
    }
}

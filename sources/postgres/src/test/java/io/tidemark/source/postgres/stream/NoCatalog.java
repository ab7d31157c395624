package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.type.PgType;
import java.util.Map;
import java.util.Optional;

/** A catalog that knows no table. */
enum NoCatalog implements Relations.CatalogLookup {
    INSTANCE;

    @Override
    public TableHistory history(int oid) {
        return TableHistory.UNKNOWN;
    }

    @Override
    public Map<Integer, Integer> greatestNumbers() {
        return Map.of();
    }

    @Override
    public Optional<String> initialValue(int oid, int number, PgType type) {
        return Optional.empty();
    }
}

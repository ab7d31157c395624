package io.tidemark.query;

import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.query.HistoryFile;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A catalog of tables that a test puts in; remembers which were asked for. */
final class TestCatalog implements QueryCatalog {
    private final Map<TableId, PinnedTable> pinned = new TreeMap<>();
    private final Map<TableId, List<HistoryFile>> history = new TreeMap<>();
    private final List<TableId> asked = new ArrayList<>();

    TestCatalog with(PinnedTable table) {
        pinned.put(table.spec().schema().table(), table);
        return this;
    }

    TestCatalog withHistory(TableId table, HistoryFile... files) {
        history.put(table, List.of(files));
        return this;
    }

    /** Tables that were pinned, in order. */
    List<TableId> asked() {
        return asked;
    }

    @Override
    public List<TableId> tables() {
        return List.copyOf(pinned.keySet());
    }

    @Override
    public PinnedTable pin(TableId table) {
        asked.add(table);
        return pinned.get(table);
    }

    @Override
    public RowSchema schema(TableId table) {
        return pinned.get(table).spec().schema();
    }

    @Override
    public List<HistoryFile> history(TableId table) {
        return history.getOrDefault(table, List.of());
    }
}

package io.tidemark.engine.query;

import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.query.HistoryFile;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.ResultVisitor;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.TableReading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An engine that reads local disks, for a lake in object storage: it is shown local copies of the files. */
final class CopyingQueryEngine implements QueryEngine {
    private final QueryEngine engine;
    private final LocalCopies copies;

    CopyingQueryEngine(QueryEngine engine, LocalCopies copies) {
        this.engine = engine;
        this.copies = copies;
    }

    @Override
    public void run(String sql, QueryCatalog catalog, ResultVisitor visitor) {
        engine.run(sql, new CopiedCatalog(catalog), visitor);
    }

    @Override
    public TableReading reading(PinnedTable pinned) {
        return engine.reading(copied(pinned));
    }

    @Override
    public void close() {
        try (copies) {
            engine.close();
        }
    }

    /** The files of a version that are no use by themselves stay where they are. */
    private PinnedTable copied(PinnedTable pinned) {
        if (pinned.unreadable().isPresent()) {
            return pinned;
        }
        List<String> paths = copies.of(
                pinned.files().stream().map(PinnedFile::location).toList(),
                pinned.files().stream().map(PinnedFile::bytes).toList());
        List<PinnedFile> files = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            PinnedFile file = pinned.files().get(i);
            files.add(new PinnedFile(paths.get(i), file.rows(), file.bytes(), file.deleted()));
        }
        return new PinnedTable(pinned.spec(), pinned.fieldIds(), pinned.progress(), files);
    }

    private List<HistoryFile> copied(List<HistoryFile> history) {
        List<String> paths = copies.of(
                history.stream().map(HistoryFile::location).toList(),
                history.stream().map(HistoryFile::bytes).toList());
        List<HistoryFile> files = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            HistoryFile file = history.get(i);
            files.add(new HistoryFile(paths.get(i), file.bytes(), file.schema()));
        }
        return files;
    }

    private final class CopiedCatalog implements QueryCatalog {
        private final QueryCatalog catalog;
        private final Map<TableId, PinnedTable> pinned = new HashMap<>();

        CopiedCatalog(QueryCatalog catalog) {
            this.catalog = catalog;
        }

        @Override
        public List<TableId> tables() {
            return catalog.tables();
        }

        @Override
        public PinnedTable pin(TableId table) {
            return pinned.computeIfAbsent(table, key -> copied(catalog.pin(key)));
        }

        @Override
        public RowSchema schema(TableId table) {
            return catalog.schema(table);
        }

        @Override
        public List<HistoryFile> history(TableId table) {
            return copied(catalog.history(table));
        }
    }
}

package io.tidemark.engine.query;

import io.tidemark.engine.config.LimitConfig;
import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.query.HistoryFile;
import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.ResultVisitor;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** SQL over the mirrors and their history; every table of a query is pinned, at its newest version or at a cut. */
public final class Queries implements AutoCloseable {
    private static final int SLICES_A_TIME = 1_024;
    private static final Pattern REMOTE = Pattern.compile("(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/.*", Pattern.DOTALL);

    private final Pipeline pipeline;
    private final QueryEngine engine;

    public Queries(Pipeline pipeline, Plugins plugins) {
        this.pipeline = pipeline;
        LimitConfig limits = pipeline.config().limits();
        QueryEngine local = plugins.queryEngine().open(pipeline.scratch("query"), limits.queryBytes());
        this.engine = isRemote(pipeline.storage().root())
                ? new CopyingQueryEngine(
                        local,
                        new LocalCopies(
                                pipeline.storage(),
                                pipeline.scratch("copies"),
                                limits.queryDiskBytes(),
                                pipeline.clock()))
                : local;
    }

    private static boolean isRemote(String root) {
        return REMOTE.matcher(root).matches();
    }

    /** The engine, for comparisons. */
    public QueryEngine engine() {
        return engine;
    }

    /** Runs one SELECT. */
    public void run(String sql, Optional<AsOf> asOf, ResultVisitor visitor) {
        engine.run(sql, new Catalog(asOf.map(this::cut)), visitor);
    }

    /** The cut that a moment names. */
    public Cut cut(AsOf asOf) {
        List<Cut> cuts = new CutLog(pipeline.metastore()).list();
        Cut found = null;
        for (Cut cut : cuts) {
            boolean wanted = asOf.slice().map(slice -> cut.slice() == slice).orElse(false)
                    || asOf.time().map(time -> !cut.at().isAfter(time)).orElse(false);
            found = wanted ? cut : found;
        }
        if (found == null) {
            String known = cuts.isEmpty()
                    ? "no cut was recorded yet"
                    : "recorded cuts go from " + cuts.get(0).at() + " (cut:"
                            + cuts.get(0).slice() + ") to "
                            + cuts.get(cuts.size() - 1).at() + " (cut:"
                            + cuts.get(cuts.size() - 1).slice() + ")";
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot find the wanted cut: " + known,
                    "Choose a time or cut in that range.",
                    null);
        }
        return found;
    }

    @Override
    public void close() {
        engine.close();
    }

    private final class Catalog implements QueryCatalog {
        private final Optional<Cut> cut;
        private final Map<TableId, PinnedTable> pinned = new HashMap<>();

        Catalog(Optional<Cut> cut) {
            this.cut = cut;
        }

        @Override
        public List<TableId> tables() {
            return pipeline.registry().list().stream().map(TableRecord::mirror).toList();
        }

        @Override
        public PinnedTable pin(TableId table) {
            return pinned.computeIfAbsent(table, this::pinNow);
        }

        @Override
        public RowSchema schema(TableId table) {
            return record(table).schema();
        }

        @Override
        public List<HistoryFile> history(TableId mirror) {
            TableId table = record(mirror).id();
            List<HistoryFile> files = new ArrayList<>();
            long after = 0;
            List<SliceManifest> slices = pipeline.sliceLog().after(after, SLICES_A_TIME);
            while (!slices.isEmpty()) {
                for (SliceManifest slice : slices) {
                    after = slice.sequence();
                    if (cut.isEmpty() || after <= cut.orElseThrow().slice()) {
                        for (SliceFile file : slice.filesOf(table)) {
                            requireParquet(mirror, file);
                            files.add(new HistoryFile(pipeline.sliceLog().location(file), file.bytes(), file.schema()));
                        }
                    }
                }
                slices = pipeline.sliceLog().after(after, SLICES_A_TIME);
            }
            return files;
        }

        private static void requireParquet(TableId mirror, SliceFile file) {
            if (SliceFormat.of(file.path()) != SliceFormat.PARQUET) {
                throw new TidemarkException(
                        ErrorCode.QUERY_REJECTED,
                        "Cannot query the history of " + mirror + ": slices of it are not Parquet (file=" + file.path()
                                + ")",
                        "Read them with 'tidemark slices preview' or as the JSON lines that they are; slices are Parquet from then on"
                                + " with 'slices: {format: parquet}'.",
                        null);
            }
        }

        private TableRecord record(TableId mirror) {
            return pipeline.registry().list().stream()
                    .filter(record -> record.mirror().equals(mirror))
                    .min(Comparator.comparing(record -> record.state() == TableState.DROPPED))
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.UNKNOWN_TABLE, "Cannot query " + mirror + ": this pipeline does not have it"));
        }

        private PinnedTable pinNow(TableId mirror) {
            TableRecord record = record(mirror);
            TableId id = record.id();
            TableState state = record.state();
            try (LakeTable table = pipeline.lake()
                    .find(mirror)
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.UNKNOWN_TABLE,
                            "Cannot query " + id + ": its mirror does not exist yet (state=" + state.label() + ")",
                            "Wait until 'tidemark status' shows it live.",
                            null))) {
                if (cut.isEmpty()) {
                    return table.pin();
                }
                return cut.orElseThrow()
                        .versionOf(id)
                        .flatMap(table::pin)
                        .orElseThrow(() -> new TidemarkException(
                                ErrorCode.INVALID_ARGUMENT,
                                "Cannot query " + id + " as of cut:"
                                        + cut.orElseThrow().slice()
                                        + ": the table was not part of that cut, or the version has expired",
                                "Choose a newer cut; 'tidemark status' shows the newest.",
                                null));
            }
        }
    }
}

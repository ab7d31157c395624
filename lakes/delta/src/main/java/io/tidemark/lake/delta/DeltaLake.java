package io.tidemark.lake.delta;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.lake.delta.log.DeltaVersion;
import io.tidemark.lake.delta.log.LogActions;
import io.tidemark.lake.delta.schema.DeltaSchemas;
import io.tidemark.lake.upsert.KeyIndexes;
import io.tidemark.lake.upsert.MirrorTable;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import io.tidemark.lake.upsert.maintain.Compaction;
import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.lake.upsert.table.TableFolders;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeLocation;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LatestBy;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.storage.FolderStore;
import io.tidemark.storage.LakeStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Mirror tables in folders under {@code mirror/} of the lake's root.
 *
 * <p>A mirror in the making is a Delta table of its own in a folder inside the mirror's. To publish it is one commit to the mirror's log, in which
 * its files, which stay where they are, take the place of all others; then its own log goes.
 */
final class DeltaLake implements Lake {
    private static final String CONDITIONS = "lake conditions";
    private static final String MAKING_PREFIX = "load-";
    private static final int PUBLISH_ATTEMPTS = 20;

    private final LakeStorage location;
    private final ObjectStore storage;
    private final KeyIndexes indexes;
    private final ApplyLimits limits;
    private final Compaction.Rules compaction;
    private final DeltaUpkeep.Rules upkeep;

    /** @param storage the location, opened; closed with the lake */
    DeltaLake(
            LakeStorage location,
            ObjectStore storage,
            Path state,
            ApplyLimits limits,
            Compaction.Rules compaction,
            DeltaUpkeep.Rules upkeep) {
        this.location = location;
        this.storage = storage;
        this.indexes = new KeyIndexes(state);
        this.limits = limits;
        this.compaction = compaction;
        this.upkeep = upkeep;
    }

    @Override
    public List<Finding> check() {
        List<Finding> findings = new ArrayList<>(List.of(LakeLocation.check(location.root(), location::open)));
        if (!location.isLocal() && findings.get(0).status() == Finding.Status.OK) {
            findings.add(checkConditions());
        }
        return findings;
    }

    /** Whether an object that is there can be made again, in which case two workers could make the same version. */
    private Finding checkConditions() {
        try {
            requireConditions();
            return Finding.ok(CONDITIONS, "of two that make an object one does (If-None-Match)");
        } catch (TidemarkException e) {
            return Finding.failed(e.code(), CONDITIONS, e.reason(), e.remedy());
        }
    }

    private void requireConditions() {
        String probe = ".tidemark-condition-" + UUID.randomUUID();
        byte[] content = "probe".getBytes(StandardCharsets.UTF_8);
        try {
            storage.createNew(probe, content);
            try {
                storage.createNew(probe, content);
            } catch (FileAlreadyExistsException e) {
                return;
            } finally {
                storage.delete(probe);
            }
        } catch (IOException e) {
            throw failed("test conditional writes in " + location.root(), e);
        }
        throw new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot keep a Delta lake in " + location.root()
                        + ": the storage ignores If-None-Match, so that two workers could make the same version",
                "Use storage that honours If-None-Match on PUT (Amazon S3 does), or 'type: iceberg'.",
                null);
    }

    @Override
    public boolean holds(ColumnType type) {
        return DeltaSchemas.holds(type);
    }

    @Override
    public Optional<String> location(TableId mirror) {
        DeltaLog log = log(folder(mirror));
        return log.exists() ? Optional.of(log.folder()) : Optional.empty();
    }

    @Override
    public Optional<LakeTable> find(TableId table) {
        String folder = folder(table);
        DeltaLog log = log(folder);
        return newest(log).flatMap(DeltaLake::spec).map(spec -> opened(spec, log, folder));
    }

    @Override
    public LakeTable openLoad(LakeTableSpec spec) {
        TableId table = spec.schema().table();
        DeltaSchemas.check(spec);
        LatestBy.of(spec);
        DeltaLog mirror = log(folder(table));
        if (newest(mirror).filter(version -> spec(version).isEmpty()).isPresent()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot create the mirror of " + table + ": its folder holds another Delta table (folder="
                            + mirror.folder() + ")");
        }
        for (String begun : makings(table)) {
            DeltaLog log = log(begun);
            if (spec(log.newest()).filter(spec::equals).isPresent()) {
                return opened(spec, log, begun);
            }
            delete(begun + "/");
        }
        if (!location.isLocal()) {
            requireConditions();
        }
        String making = folder(table) + "/" + MAKING_PREFIX
                + UUID.randomUUID().toString().substring(0, 8);
        DeltaLog log = log(making);
        create(log, spec);
        return opened(spec, log, making);
    }

    @Override
    public void publish(TableId table, String loadId) {
        DeltaLog mirror = log(folder(table));
        boolean isPublished = newest(mirror)
                .filter(version -> isLoadedBy(version.progress(), loadId))
                .isPresent();
        List<String> makings = makings(table);
        if (isPublished && makings.isEmpty()) {
            return;
        }
        String made = makings.stream()
                .filter(making -> isLoadedBy(log(making).newest().progress(), loadId))
                .findFirst()
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LAKE_COMMIT_FENCED,
                        "Cannot publish the mirror of " + table + ": another load took over (load=" + loadId + ")"));
        if (!isPublished) {
            publish(table, made, mirror);
        }
        delete(made + "/" + DeltaLog.FOLDER);
    }

    private void publish(TableId table, String from, DeltaLog mirror) {
        DeltaVersion made = log(from).newest();
        String inside = from.substring(folder(table).length() + 1);
        for (int attempt = 1; ; attempt++) {
            // Read once: the files that go have to be those of the version that this one follows.
            Optional<DeltaVersion> before = newest(mirror);
            if (before.filter(version ->
                            isLoadedBy(version.progress(), made.progress().loadId()))
                    .isPresent()) {
                // The commit that was refused has been made by this very call before.
                return;
            }
            long next = before.map(version -> version.number() + 1).orElse(0L);
            long now = System.currentTimeMillis();
            List<ObjectNode> actions = new ArrayList<>();
            actions.add(LogActions.commitInfo("REPLACE TABLE", UUID.randomUUID().toString(), now));
            if (next == 0) {
                actions.add(LogActions.protocol());
            }
            actions.add(LogActions.metadata(made.tableUuid(), made.schema(), made.configuration(), now));
            actions.add(LogActions.progress(made.progress()));
            actions.add(LogActions.transaction(made.progress(), now));
            before.ifPresent(
                    version -> version.files().all().forEach(file -> actions.add(LogActions.remove(file, true, now))));
            made.files().all().forEach(file -> actions.add(LogActions.add(moved(file, inside), true)));
            try {
                mirror.commit(next, actions);
                return;
            } catch (FileAlreadyExistsException e) {
                // A worker of the old mirror, which has no further use.
                if (attempt == PUBLISH_ATTEMPTS) {
                    throw failed("publish the mirror of " + table, e);
                }
            } catch (IOException e) {
                throw failed("publish the mirror of " + table, e);
            }
        }
    }

    private static Optional<DeltaVersion> newest(DeltaLog log) {
        return log.exists() ? Optional.of(log.newest()) : Optional.empty();
    }

    private static DeltaFile moved(DeltaFile file, String inside) {
        if (file.vector() != null) {
            throw new IllegalStateException("Cannot publish a file with deleted rows (file=" + file.path() + ")");
        }
        return file.in(inside);
    }

    @Override
    public void drop(TableId table) {
        // The log first: without it there is no table, whatever files are left.
        delete(folder(table) + "/" + DeltaLog.FOLDER);
        delete(folder(table) + "/");
        indexes.delete(table);
    }

    @Override
    public List<TableId> tables() {
        List<TableId> tables = new ArrayList<>();
        for (String schema : folders("mirror/")) {
            for (String folder : folders("mirror/" + schema + "/")) {
                newest(log("mirror/" + schema + "/" + folder))
                        .flatMap(DeltaLake::spec)
                        .map(spec -> spec.schema().table())
                        .ifPresent(tables::add);
            }
        }
        tables.sort(null);
        return tables;
    }

    @Override
    public void close() {
        indexes.close();
        storage.close();
    }

    private LakeTable opened(LakeTableSpec spec, DeltaLog log, String folder) {
        DeltaStore store = new DeltaStore(spec, log, location, folder, upkeep);
        store.files(store.refresh());
        return new MirrorTable(store, () -> indexes.open(spec.schema().table()), limits, compaction);
    }

    private static void create(DeltaLog log, LakeTableSpec spec) {
        DeltaSchemas.Written first = DeltaSchemas.first(spec);
        Map<String, String> configuration = new HashMap<>();
        configuration.put("delta.columnMapping.mode", "name");
        configuration.put("delta.enableDeletionVectors", "true");
        configuration.put(DeltaSchemas.MAX_COLUMN_ID, Integer.toString(first.maxId()));
        configuration.put(SpecProperties.KEY, SpecProperties.write(spec));
        long now = System.currentTimeMillis();
        try {
            log.commit(
                    0,
                    List.of(
                            LogActions.commitInfo(
                                    "CREATE TABLE", UUID.randomUUID().toString(), now),
                            LogActions.protocol(),
                            LogActions.metadata(UUID.randomUUID().toString(), first.schema(), configuration, now)));
        } catch (IOException e) {
            throw failed("create the mirror of " + spec.schema().table(), e);
        }
    }

    private static boolean isLoadedBy(LakeProgress progress, String loadId) {
        return progress.loaded() && progress.loadId().equals(loadId);
    }

    private static Optional<LakeTableSpec> spec(DeltaVersion version) {
        return SpecProperties.find(version.configuration());
    }

    private List<String> makings(TableId table) {
        String folder = folder(table) + "/";
        return folders(folder).stream()
                .filter(name -> name.startsWith(MAKING_PREFIX))
                .map(name -> folder + name)
                .filter(making -> log(making).exists())
                .toList();
    }

    private DeltaLog log(String folder) {
        return new DeltaLog(new FolderStore(storage, folder));
    }

    /** Path of the table's folder in the lake. */
    private static String folder(TableId table) {
        return "mirror/" + TableFolders.of(table);
    }

    private List<String> folders(String folder) {
        try {
            return storage.folders(folder);
        } catch (IOException e) {
            throw failed("list folders", e);
        }
    }

    private void delete(String prefix) {
        try {
            storage.deleteAll(prefix);
        } catch (IOException e) {
            throw failed("delete " + prefix, e);
        }
    }

    private static TidemarkException failed(String what, IOException cause) {
        return TidemarkException.ofStorage("Cannot " + what, cause);
    }
}

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
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Mirror tables in folders under {@code mirror/} of the lake's root.
 *
 * <p>A mirror in the making is a Delta table of its own in a folder inside the mirror's. To publish it is one commit to the mirror's log, in which
 * its files, which stay where they are, take the place of all others; then its own log goes.
 */
final class DeltaLake implements Lake {
    private static final String MAKING_PREFIX = "load-";
    private static final int PUBLISH_ATTEMPTS = 20;

    private final Path root;
    private final KeyIndexes indexes;
    private final ApplyLimits limits;
    private final Compaction.Rules compaction;
    private final DeltaUpkeep.Rules upkeep;

    DeltaLake(Path root, Path state, ApplyLimits limits, Compaction.Rules compaction, DeltaUpkeep.Rules upkeep) {
        this.root = root;
        this.indexes = new KeyIndexes(state);
        this.limits = limits;
        this.compaction = compaction;
        this.upkeep = upkeep;
    }

    @Override
    public List<Finding> check() {
        return List.of(LakeLocation.check(root.toString(), () -> DeltaLakeProvider.storage(root)));
    }

    @Override
    public boolean holds(ColumnType type) {
        return DeltaSchemas.holds(type);
    }

    @Override
    public Optional<LakeTable> find(TableId table) {
        DeltaLog log = new DeltaLog(folder(table));
        return newest(log).flatMap(DeltaLake::spec).map(spec -> opened(spec, log));
    }

    @Override
    public LakeTable openLoad(LakeTableSpec spec) {
        TableId table = spec.schema().table();
        DeltaSchemas.check(spec);
        DeltaLog mirror = new DeltaLog(folder(table));
        if (newest(mirror).filter(version -> spec(version).isEmpty()).isPresent()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot create the mirror of " + table + ": its folder holds another Delta table (folder="
                            + mirror.folder() + ")");
        }
        for (DeltaLog begun : makings(table)) {
            if (spec(begun.newest()).filter(spec::equals).isPresent()) {
                return opened(spec, begun);
            }
            delete(begun.folder());
        }
        String name = MAKING_PREFIX + UUID.randomUUID().toString().substring(0, 8);
        DeltaLog log = new DeltaLog(folder(table).resolve(name));
        create(log, spec);
        return opened(spec, log);
    }

    @Override
    public void publish(TableId table, String loadId) {
        DeltaLog mirror = new DeltaLog(folder(table));
        boolean isPublished = newest(mirror)
                .filter(version -> isLoadedBy(version.progress(), loadId))
                .isPresent();
        List<DeltaLog> makings = makings(table);
        if (isPublished && makings.isEmpty()) {
            return;
        }
        DeltaLog made = makings.stream()
                .filter(making -> isLoadedBy(making.newest().progress(), loadId))
                .findFirst()
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LAKE_COMMIT_FENCED,
                        "Cannot publish the mirror of " + table + ": another load took over (load=" + loadId + ")"));
        if (!isPublished) {
            publish(table, made, mirror);
        }
        delete(made.logFolder());
    }

    private void publish(TableId table, DeltaLog from, DeltaLog mirror) {
        DeltaVersion made = from.newest();
        for (int attempt = 1; ; attempt++) {
            // Read once: the files that go have to be those of the version that this one follows.
            Optional<DeltaVersion> before = newest(mirror);
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
            made.files().all().forEach(file -> actions.add(LogActions.add(moved(file, from), true)));
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

    private static DeltaFile moved(DeltaFile file, DeltaLog from) {
        if (file.vector() != null) {
            throw new IllegalStateException("Cannot publish a file with deleted rows (file=" + file.path() + ")");
        }
        return file.in(from.folder().getFileName().toString());
    }

    @Override
    public void drop(TableId table) {
        if (Files.isDirectory(folder(table))) {
            // The log first: without it there is no table, whatever files are left.
            delete(new DeltaLog(folder(table)).logFolder());
            delete(folder(table));
        }
        indexes.delete(table);
    }

    @Override
    public List<TableId> tables() {
        List<TableId> tables = new ArrayList<>();
        for (Path schema : folders(root.resolve("mirror"))) {
            for (Path folder : folders(schema)) {
                newest(new DeltaLog(folder))
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
    }

    private LakeTable opened(LakeTableSpec spec, DeltaLog log) {
        DeltaStore store = new DeltaStore(spec, log, DeltaLakeProvider.storage(log.folder()), upkeep);
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

    private List<DeltaLog> makings(TableId table) {
        return folders(folder(table)).stream()
                .filter(folder -> folder.getFileName().toString().startsWith(MAKING_PREFIX))
                .map(DeltaLog::new)
                .filter(DeltaLog::exists)
                .toList();
    }

    private Path folder(TableId table) {
        return root.resolve("mirror").resolve(TableFolders.of(table));
    }

    private static List<Path> folders(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw failed("list folders", e);
        }
    }

    private static void delete(Path folder) {
        try {
            if (Files.isDirectory(folder)) {
                Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                        Files.deleteIfExists(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
            }
        } catch (IOException e) {
            throw failed("delete " + folder, e);
        }
    }

    private static TidemarkException failed(String what, IOException cause) {
        return new TidemarkException(ErrorCode.LAKE_IO, "Cannot " + what + ": " + cause.getMessage(), cause);
    }
}

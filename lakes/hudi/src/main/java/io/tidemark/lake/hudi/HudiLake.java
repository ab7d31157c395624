package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.commit.TableCreation;
import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.lake.hudi.storage.MirrorPointers;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Mirror tables in Hudi, in folders under {@code mirror/} in the lake's root. */
final class HudiLake implements Lake {
    private final Path root;
    private final WriteOptions options;
    private final TableCreation creation;
    private final MirrorPointers pointers;

    HudiLake(Path root, WriteOptions options, TableCreation creation) {
        this.root = root;
        this.options = options;
        this.creation = creation;
        this.pointers = new MirrorPointers(root);
    }

    @Override
    public List<Finding> check() {
        String probe = ".tidemark-check-" + UUID.randomUUID();
        try (ObjectStore storage = new LocalObjectStore(root)) {
            try (ObjectStore.ObjectOutput output = storage.create(probe)) {
                output.write("probe".getBytes(StandardCharsets.UTF_8));
            }
            storage.delete(probe);
            return List.of(Finding.ok("lake location", "files can be written and deleted in " + root));
        } catch (IOException e) {
            return List.of(Finding.failed(
                    ErrorCode.LAKE_NOT_WRITABLE,
                    "lake location",
                    "cannot write to " + root + ": " + e.getMessage(),
                    ErrorCode.LAKE_NOT_WRITABLE.remedy()));
        }
    }

    @Override
    public Optional<String> location(TableId mirror) {
        return pointers.published(mirror).map(Path::toString);
    }

    @Override
    public Optional<LakeTable> find(TableId table) {
        return pointers.published(table).flatMap(this::open);
    }

    @Override
    public LakeTable openLoad(LakeTableSpec spec) {
        StoredSpec stored = StoredSpec.of(spec);
        TableId table = spec.schema().table();
        Path folder = pointers.free(table);
        if (pointers.isReplaced(table)) {
            MirrorPointers.delete(folder);
            pointers.reserve(table);
        }
        Optional<LakeTable> begun = open(folder);
        if (begun.isPresent()) {
            if (begun.orElseThrow().spec().equals(spec)) {
                return begun.orElseThrow();
            }
            begun.orElseThrow().close();
        } else if (Files.exists(folder.resolve(".hoodie"))) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot create the mirror of " + table + ": there is a table that is no mirror (folder=" + folder
                            + ")");
        }
        MirrorPointers.delete(folder);
        creation.create(folder, stored, options);
        return open(folder).orElseThrow();
    }

    @Override
    public void publish(TableId table, String loadId) {
        Optional<Path> old = pointers.published(table);
        Path made = pointers.free(table);
        boolean isMade = !pointers.isReplaced(table) && open(made).isPresent();
        if (!isMade && old.filter(folder -> isLoadedBy(folder, loadId)).isPresent()) {
            return;
        }
        if (!isMade || !isLoadedBy(made, loadId)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot publish the mirror of " + table + ": another load took over (load=" + loadId + ")");
        }
        pointers.publish(table, made);
        // Files go last: a crash before leaves files that nobody needs, never a mirror without its files.
        old.ifPresent(MirrorPointers::delete);
    }

    @Override
    public void drop(TableId table) {
        Optional<Path> published = pointers.published(table);
        Path other = pointers.free(table);
        pointers.withdraw(table);
        MirrorPointers.delete(other);
        published.ifPresent(MirrorPointers::delete);
    }

    @Override
    public List<TableId> tables() {
        List<TableId> tables = new ArrayList<>();
        for (Path folder : pointers.all()) {
            open(folder).ifPresent(table -> tables.add(table.spec().schema().table()));
        }
        tables.sort(null);
        return tables;
    }

    @Override
    public void close() {
        // Each table has what it needs of its own.
    }

    private boolean isLoadedBy(Path folder, String loadId) {
        return open(folder)
                .map(LakeTable::progress)
                .filter(LakeProgress::loaded)
                .filter(progress -> progress.loadId().equals(loadId))
                .isPresent();
    }

    private Optional<LakeTable> open(Path folder) {
        if (!Files.exists(folder.resolve(".hoodie").resolve("hoodie.properties"))) {
            return Optional.empty();
        }
        TableVersions versions = new TableVersions(folder.toString(), options);
        return versions.spec(versions.refresh()).map(stored -> new HudiTable(stored, versions, options));
    }
}

package io.tidemark.lake.hudi.commit;

import io.tidemark.lake.hudi.schema.AvroSchemas;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hudi.client.WriteStatus;
import org.apache.hudi.client.common.HoodieJavaEngineContext;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.config.HoodieWriteConfig;
import org.apache.hudi.storage.StoragePath;
import org.apache.hudi.table.HoodieJavaTable;
import org.apache.hudi.table.marker.WriteMarkersFactory;

/**
 * A commit that another process has begun and will complete, so that tasks write its files.
 *
 * @param basePath folder of the table
 * @param options how it is written
 * @param instant time by which Hudi knows the commit
 * @param base the same of the version that it is computed from; empty when there is none
 * @param slices what the commit leaves of what the table held
 */
public record PendingCommit(
        String basePath, StoredSpec stored, WriteOptions options, String instant, String base, List<FileSlice> slices)
        implements Serializable {
    public PendingCommit {
        slices = List.copyOf(slices);
    }

    /** What the table held, for reading. */
    public TableFiles files() {
        return new TableFiles(versions().refresh(), base, options.inTask(), slices);
    }

    /**
     * Opens it for one attempt to write.
     *
     * @param attempt a number that no other attempt has: it is part of the names of its files
     * @throws TidemarkException {@code LAKE_COMMIT_FENCED} when the commit was completed or rolled back meanwhile
     */
    public OpenCommit open(long attempt) {
        TableVersions versions = versions();
        HoodieTableMetaClient meta = versions.refresh();
        if (!isPending(meta)) {
            throw over();
        }
        HoodieJavaEngineContext context =
                new HoodieJavaEngineContext(versions.context().getStorageConf(), new AttemptContext(attempt));
        HoodieWriteConfig config =
                WriteConfigs.of(basePath, stored, AvroSchemas.of(stored), meta.getTableType(), options.inTask());
        return new OpenCommit(
                config,
                HoodieJavaTable.create(config, context, meta),
                instant,
                new TableFiles(meta, base, options.inTask(), slices));
    }

    /**
     * Takes files away that were written after the commit was completed or rolled back: nobody else would, and Hudi takes files of commits that it
     * does not know any more for the table's.
     *
     * @throws TidemarkException {@code LAKE_COMMIT_FENCED} when that is so
     */
    public void requirePending(OpenCommit open, List<WriteStatus> statuses) {
        HoodieTableMetaClient meta = versions().refresh();
        if (isPending(meta)) {
            return;
        }
        try {
            for (WriteStatus status : statuses) {
                meta.getStorage()
                        .deleteFile(new StoragePath(basePath, status.getStat().getPath()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete what was written too late", e);
        }
        WriteMarkersFactory.get(open.config().getMarkersType(), open.table(), instant)
                .quietDeleteMarkerDir(open.table().getContext(), 1);
        throw over();
    }

    private TableVersions versions() {
        return new TableVersions(basePath, options);
    }

    private boolean isPending(HoodieTableMetaClient meta) {
        return meta.getActiveTimeline().getCommitsTimeline().filterInflights().containsInstant(instant);
    }

    private TidemarkException over() {
        return new TidemarkException(
                ErrorCode.LAKE_COMMIT_FENCED,
                "Cannot write to the mirror of " + stored.spec().schema().table() + ": the commit is over (instant="
                        + instant + ")");
    }
}

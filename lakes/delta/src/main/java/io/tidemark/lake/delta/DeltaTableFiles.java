package io.tidemark.lake.delta;

import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaFile.Vector;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.lake.delta.schema.FileLayout;
import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.NewFiles;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.storage.FolderStore;
import io.tidemark.storage.LakeStorage;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data files of one version of a mirror. */
final class DeltaTableFiles implements TableFiles {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(DeltaTableFiles.class);

    private final LakeStorage lake;
    private final String folder;
    private final LakeTableSpec spec;
    private final FileLayout layout;
    private transient volatile @Nullable ObjectStore storage;

    /**
     * @param folder path of the table's folder in the lake
     * @param storage the same folder, opened
     * @param layout what is in the files
     */
    DeltaTableFiles(LakeStorage lake, String folder, ObjectStore storage, LakeTableSpec spec, FileLayout layout) {
        this.lake = lake;
        this.folder = folder;
        this.storage = storage;
        this.spec = spec;
        this.layout = layout;
    }

    @Override
    public LakeTableSpec spec() {
        return spec;
    }

    @Override
    public List<ParquetColumn> columns() {
        return layout.columns();
    }

    @Override
    public ObjectInput open(String path) throws IOException {
        return storage().open(path);
    }

    @Override
    public DeletedRowsReader deletedRows() {
        DeltaLog log = new DeltaLog(storage());
        return new DeletedRowsReader() {
            @Override
            public RoaringBitmap of(StoredFile file) {
                Vector vector = ((DeltaFile) file).vector();
                return vector == null ? new RoaringBitmap() : log.rows(vector);
            }

            @Override
            public long count(StoredFile file) {
                Vector vector = ((DeltaFile) file).vector();
                return vector == null ? 0 : vector.cardinality();
            }
        };
    }

    @Override
    public NewFiles newFiles(String kind, ParquetWriteOptions options) {
        return new DeltaNewFiles(storage(), layout, kind, options);
    }

    @Override
    public void discard(Collection<String> paths) {
        for (String path : paths) {
            try {
                storage().delete(path);
            } catch (IOException e) {
                LOG.warn("Left an unused file behind folder={} file={} reason={}", folder, path, e.getMessage());
            }
        }
    }

    /** Opened again on another machine. */
    private ObjectStore storage() {
        ObjectStore opened = storage;
        if (opened == null) {
            opened = new FolderStore(lake.open(), folder);
            storage = opened;
        }
        return opened;
    }
}

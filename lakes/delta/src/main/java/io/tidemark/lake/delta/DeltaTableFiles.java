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
import java.io.IOException;
import java.nio.file.Path;
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

    private final String folder;
    private final LakeTableSpec spec;
    private final FileLayout layout;
    private transient volatile @Nullable ObjectStore storage;

    /**
     * @param folder the table's folder
     * @param layout what is in the files
     */
    DeltaTableFiles(String folder, LakeTableSpec spec, FileLayout layout) {
        this.folder = folder;
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
        DeltaLog log = new DeltaLog(Path.of(folder));
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

    /** Opened once on each machine. */
    private ObjectStore storage() {
        ObjectStore opened = storage;
        if (opened == null) {
            opened = DeltaLakeProvider.storage(Path.of(folder));
            storage = opened;
        }
        return opened;
    }
}

package io.tidemark.lake.iceberg.write;

import java.io.IOException;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;

/** Deletion vectors of format version 3: one for each data file, all of a commit in one Puffin file. */
final class VectorMarks implements DeleteMarks {
    private final MirrorFiles files;
    private final BaseDVFileWriter writer;
    private long before;
    private boolean isEmpty = true;

    /** Needed by the writer at construction, known only when it writes. */
    private Function<String, PositionDeleteIndex> previous = path -> PositionDeleteIndex.empty();

    VectorMarks(MirrorFiles files) {
        this.files = files;
        OutputFileFactory outputs = OutputFileFactory.builderFor(files.table(), 1, 1)
                .format(FileFormat.PUFFIN)
                .build();
        this.writer = new BaseDVFileWriter(outputs, this::previous);
    }

    @Override
    public void mark(DataFile file, long row) {
        isEmpty = false;
        writer.delete(file.location(), row, files.table().specs().get(file.specId()), file.partition());
    }

    @Override
    public boolean isEmpty() {
        return isEmpty;
    }

    @Override
    public Written write(Function<String, PositionDeleteIndex> previousDeletes) throws IOException {
        if (isEmpty) {
            return Written.NONE;
        }
        previous = previousDeletes;
        before = 0;
        writer.close();
        DeleteWriteResult result = writer.result();
        long after =
                result.deleteFiles().stream().mapToLong(DeleteFile::recordCount).sum();
        return new Written(result.deleteFiles(), result.rewrittenDeleteFiles(), after - before);
    }

    private PositionDeleteIndex previous(String path) {
        PositionDeleteIndex index = previous.apply(path);
        before += index.isEmpty() ? 0 : index.cardinality();
        return index;
    }
}

package io.tidemark.source.dynamodb.export;

import com.amazon.ion.IonException;
import io.tidemark.spi.error.TidemarkException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;

/** Records of one file, whose MD5 and count are known to be right when the last one has been read. */
final class DataFileReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final ExportFormat format;
    private final DataFile file;
    private final String name;
    private final SummedStream bytes;
    private @Nullable InputStream unzipped;
    private @Nullable BoundedStream bounded;
    private @Nullable RecordReader records;
    private long count;

    private DataFileReader(ExportFormat format, DataFile file, String name, SummedStream bytes) {
        this.format = format;
        this.file = file;
        this.name = name;
        this.bytes = bytes;
    }

    /** What a record is to be. */
    interface Shape<T> {
        T of(ExportRecord record) throws MalformedRecordException;
    }

    static DataFileReader open(ExportStore store, ExportFormat format, DataFile file) {
        String name = store.name(file.path());
        try {
            return new DataFileReader(format, file, name, new SummedStream(store.open(file.path()), name));
        } catch (NoSuchFileException e) {
            throw ExportErrors.corrupt(
                    name, "it is missing (expected=a file of " + file.itemCount() + " items, found=none)", e);
        } catch (IOException e) {
            throw SummedStream.failed(name, e);
        }
    }

    /** How many records were given out. */
    long count() {
        return count;
    }

    /** Next record; null at the end, when the file is known to be the one that was exported. */
    <T> @Nullable T next(Shape<T> shape) {
        try {
            ExportRecord record = opened() ? read() : null;
            if (record == null) {
                requireWhole();
                return null;
            }
            if (count == file.itemCount()) {
                throw ExportErrors.corrupt(name, "it has more than the " + count + " items of the manifest", null);
            }
            T shaped = shape.of(record);
            count++;
            return shaped;
        } catch (IOException | IonException e) {
            throw damaged(e);
        }
    }

    /** False for a file without a byte, as the guide has it of empty partitions; others have an empty gzip. */
    private boolean opened() throws IOException {
        if (records == null) {
            BufferedInputStream zipped = new BufferedInputStream(bytes, BUFFER_BYTES);
            zipped.mark(1);
            if (zipped.read() < 0) {
                return false;
            }
            zipped.reset();
            unzipped = new GZIPInputStream(zipped, BUFFER_BYTES);
            bounded = new BoundedStream(unzipped);
            records = format == ExportFormat.ION ? new IonRecords(bounded) : new JsonRecords(bounded);
        }
        return true;
    }

    private @Nullable ExportRecord read() throws IOException {
        if (records == null || bounded == null) {
            return null;
        }
        ExportRecord record = records.next();
        bounded.recordEnded();
        return record;
    }

    private void requireWhole() {
        String found = bytes.md5();
        if (!found.equals(file.md5())) {
            throw ExportErrors.differing(name, "its MD5 is not the manifest's", file.md5(), found);
        }
        if (count != file.itemCount()) {
            throw ExportErrors.differing(name, "its number of items is not the manifest's", file.itemCount(), count);
        }
    }

    /** A file with another MD5 was damaged; one with the right MD5 was exported as it is. */
    private TidemarkException damaged(Exception e) {
        String found = bytes.md5();
        boolean isDamaged = !found.equals(file.md5());
        String reason = reason(e) + " (item=" + (count + 1)
                + (isDamaged ? ", expected=MD5 " + file.md5() + ", found=MD5 " + found : ", its MD5 is right") + ")";
        return isDamaged ? ExportErrors.corrupt(name, reason, null) : ExportErrors.unknown(name, reason);
    }

    /** Parsers' own messages may have values in them. */
    private String reason(Throwable e) {
        if (e instanceof IonException && e.getCause() instanceof IOException cause) {
            return reason(cause);
        }
        if (e instanceof MalformedRecordException) {
            return String.valueOf(e.getMessage());
        }
        if (e instanceof EOFException || e instanceof ZipException) {
            return "its gzip is cut or damaged";
        }
        return "it is not written as " + (format == ExportFormat.ION ? "Ion text" : "JSON") + " is";
    }

    @Override
    public void close() {
        try (bytes;
                InputStream opened = unzipped) {
            // Both are closed, and a gzip gives its memory back.
        } catch (IOException e) {
            throw SummedStream.failed(name, e);
        }
    }
}

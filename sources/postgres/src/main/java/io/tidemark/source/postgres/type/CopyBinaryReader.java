package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Reads the stream of {@code COPY ... TO STDOUT (FORMAT binary)} as it arrives, in pieces of any size, and appends its rows as inserts. For one
 * stream and one thread. The format: signature, flags, extension; for each row a count of fields, and for each field its length, or -1 for null,
 * and its value; at the end a count of -1.
 */
public final class CopyBinaryReader {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int HEADER_BYTES = SIGNATURE.length + 8;

    /** Flags that change the format in ways that a reader must know; Postgres sets none of them. */
    private static final int CRITICAL_FLAGS = 0xFFFF0000;

    private final RowDecoder decoder;
    private final Supplier<ChangeBatch> batches;
    private final long position;
    private final long commitMicros;
    private byte[] pending = new byte[0];
    private int pendingSize;
    private boolean headerRead;
    private boolean ended;
    private long rows;

    /**
     * A reader.
     *
     * @param batches asked for the batch of each row, whose schema is the decoder's
     * @param position what the rows carry as their position
     * @param commitMicros what the rows carry as their commit time, microseconds since 1970
     */
    public CopyBinaryReader(RowDecoder decoder, Supplier<ChangeBatch> batches, long position, long commitMicros) {
        this.decoder = decoder;
        this.batches = batches;
        this.position = position;
        this.commitMicros = commitMicros;
    }

    /**
     * Reads the next piece of the stream.
     *
     * @throws TidemarkException {@code SOURCE_PROTOCOL} for what is no such stream; {@code SOURCE_VALUE} or {@code SOURCE_TYPE} for a value, its
     *     row taken out of the batch
     */
    public void feed(byte[] data, int offset, int length) {
        if (pendingSize == 0) {
            int used = read(data, offset, length);
            keep(data, offset + used, length - used);
            return;
        }
        keep(data, offset, length);
        int used = read(pending, 0, pendingSize);
        System.arraycopy(pending, used, pending, 0, pendingSize - used);
        pendingSize -= used;
    }

    /**
     * Says that the stream has ended.
     *
     * @return rows read
     */
    public long finish() {
        if (!ended || pendingSize > 0) {
            throw malformed("it ended in the middle");
        }
        return rows;
    }

    private void keep(byte[] data, int offset, int length) {
        long needed = (long) pendingSize + length;
        if (needed > Integer.MAX_VALUE - 16) {
            throw malformed("a row is longer than 2 GiB");
        }
        if (needed > pending.length) {
            pending = Arrays.copyOf(
                    pending, (int) Math.min(Math.max(needed, pending.length * 2L), Integer.MAX_VALUE - 16));
        }
        System.arraycopy(data, offset, pending, pendingSize, length);
        pendingSize += length;
    }

    /** Reads whole rows and returns how many bytes they took. */
    private int read(byte[] data, int offset, int length) {
        int end = offset + length;
        int at = offset;
        if (!headerRead) {
            int header = readHeader(data, at, end);
            if (header == 0) {
                return 0;
            }
            at += header;
        }
        while (end - at >= 2) {
            if (ended) {
                throw malformed("bytes follow its end");
            }
            int fields = BigEndian.int16(data, at);
            if (fields == -1) {
                ended = true;
                at += 2;
                continue;
            }
            if (fields != decoder.columnCount()) {
                throw malformed(
                        "unexpected count of fields (fields=" + fields + ", expected=" + decoder.columnCount() + ")");
            }
            int rowEnd = rowEnd(data, at + 2, end, fields);
            if (rowEnd < 0) {
                break;
            }
            readRow(data, at + 2, fields);
            at = rowEnd;
        }
        if (ended && at < end) {
            throw malformed("bytes follow its end");
        }
        return at - offset;
    }

    /** Where the row ends, or -1 when it has not arrived whole. */
    private int rowEnd(byte[] data, int start, int end, int fields) {
        int at = start;
        for (int i = 0; i < fields; i++) {
            if (end - at < 4) {
                return -1;
            }
            int length = BigEndian.int32(data, at);
            at += 4;
            if (length < -1) {
                throw malformed("negative length of a field (length=" + length + ")");
            }
            if (length > end - at) {
                return -1;
            }
            at += Math.max(length, 0);
        }
        return at;
    }

    private void readRow(byte[] data, int start, int fields) {
        ChangeBatch batch = batches.get();
        int size = batch.size();
        batch.beginRow(Operation.INSERT, position, rows, 0, commitMicros);
        int at = start;
        decoder.beginRow();
        try {
            for (int i = 0; i < fields; i++) {
                int length = BigEndian.int32(data, at);
                at += 4;
                if (length < 0) {
                    batch.column(i).appendNull();
                } else {
                    decoder.append(batch, i, data, at, length);
                    at += length;
                }
            }
        } catch (TidemarkException e) {
            batch.truncate(size);
            throw e;
        }
        rows++;
    }

    /** Where the row starts in a piece that holds one row whole, and before the first one the header. */
    public static int rowStart(byte[] data) {
        boolean hasHeader =
                data.length > HEADER_BYTES && Arrays.equals(data, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
        return hasHeader ? HEADER_BYTES + BigEndian.int32(data, SIGNATURE.length + 4) : 0;
    }

    /** Length of the header, or 0 when it has not arrived whole. */
    private int readHeader(byte[] data, int offset, int end) {
        if (end - offset < HEADER_BYTES) {
            return 0;
        }
        if (!Arrays.equals(data, offset, offset + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
            throw malformed("wrong signature");
        }
        int flags = BigEndian.int32(data, offset + SIGNATURE.length);
        int extension = BigEndian.int32(data, offset + SIGNATURE.length + 4);
        if ((flags & CRITICAL_FLAGS) != 0 || extension < 0) {
            throw malformed("unknown flags (flags=" + flags + ", extension=" + extension + ")");
        }
        if (end - offset - HEADER_BYTES < extension) {
            return 0;
        }
        headerRead = true;
        return HEADER_BYTES + extension;
    }

    private TidemarkException malformed(String reason) {
        return new TidemarkException(
                ErrorCode.SOURCE_PROTOCOL,
                "Cannot read copied rows: " + reason + " (table="
                        + decoder.schema().table() + ", row=" + rows + ")");
    }
}

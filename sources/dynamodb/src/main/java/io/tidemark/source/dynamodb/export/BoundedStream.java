package io.tidemark.source.dynamodb.export;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives up a file when one record of it does not end: a parser would keep all of it in memory. */
final class BoundedStream extends FilterInputStream {
    /** An item has at most 400 KB, a change two of them and keys; JSON may write a byte as six and base64 adds a third. */
    static final int RECORD_BYTES_MAX = 16 << 20;

    private long left = RECORD_BYTES_MAX;

    BoundedStream(InputStream in) {
        super(in);
    }

    /** To be called after each record. */
    void recordEnded() {
        left = RECORD_BYTES_MAX;
    }

    @Override
    public int read() throws IOException {
        int read = in.read();
        count(1);
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        count(read);
        return read;
    }

    /** Parsers close what they read at its end; the file is not at its end then. */
    @Override
    public void close() {
        // Whoever opened the file closes it.
    }

    private void count(int read) throws MalformedRecordException {
        left -= read;
        if (left < 0) {
            throw new MalformedRecordException("a record has more than " + (RECORD_BYTES_MAX >> 20) + " MiB");
        }
    }
}

package io.tidemark.parquet;

import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** Parquet's view of an object that is being written; the object stays open when Parquet is done. */
final class ObjectOutputFile implements OutputFile {
    /** Footers are written in pieces of a few bytes; pages come in one piece and pass by the buffer. */
    private static final int BUFFER_BYTES = 8192;

    private final ObjectOutput out;

    ObjectOutputFile(ObjectOutput out) {
        this.out = out;
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) {
        return new Stream(out);
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
        return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    private static final class Stream extends PositionOutputStream {
        private final ObjectOutput out;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int buffered;
        private long position;

        Stream(ObjectOutput out) {
            this.out = out;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            if (buffered == buffer.length) {
                flush();
            }
            buffer[buffered++] = (byte) value;
            position++;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (length > buffer.length - buffered) {
                flush();
            }
            if (length >= buffer.length) {
                out.write(source, offset, length);
            } else {
                System.arraycopy(source, offset, buffer, buffered, length);
                buffered += length;
            }
            position += length;
        }

        @Override
        public void flush() throws IOException {
            out.write(buffer, 0, buffered);
            buffered = 0;
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}

package io.tidemark.parquet;

import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** Parquet's view of an object that is read; the object stays open when Parquet is done. */
final class ObjectInputFile implements InputFile {
    private final ObjectInput in;

    ObjectInputFile(ObjectInput in) {
        this.in = in;
    }

    @Override
    public long getLength() {
        return in.length();
    }

    @Override
    public SeekableInputStream newStream() {
        return new Stream(in);
    }

    private static final class Stream extends SeekableInputStream {
        private final ObjectInput in;
        private long position;

        Stream(ObjectInput in) {
            this.in = in;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long newPosition) {
            position = newPosition;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count = (int) Math.min(length, in.length() - position);
            if (count <= 0) {
                return -1;
            }
            in.readFully(position, target, offset, count);
            position += count;
            return count;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int count = (int) Math.min(target.remaining(), in.length() - position);
            if (count <= 0) {
                return target.hasRemaining() ? -1 : 0;
            }
            fill(target, count);
            return count;
        }

        @Override
        public void readFully(byte[] target) throws IOException {
            readFully(target, 0, target.length);
        }

        @Override
        public void readFully(byte[] target, int offset, int length) throws IOException {
            requireBytes(length);
            in.readFully(position, target, offset, length);
            position += length;
        }

        @Override
        public void readFully(ByteBuffer target) throws IOException {
            requireBytes(target.remaining());
            fill(target, target.remaining());
        }

        private void fill(ByteBuffer target, int count) throws IOException {
            if (target.hasArray()) {
                in.readFully(position, target.array(), target.arrayOffset() + target.position(), count);
                target.position(target.position() + count);
            } else {
                byte[] copy = new byte[count];
                in.readFully(position, copy, 0, count);
                target.put(copy);
            }
            position += count;
        }

        private void requireBytes(int count) throws IOException {
            if (position < 0 || count > in.length() - position) {
                throw new EOFException("Cannot read Parquet file: it ends early (length=" + in.length() + ", position="
                        + position + ", bytes=" + count + ")");
            }
        }
    }
}

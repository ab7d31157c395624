package io.tidemark.source.postgres.type;

/** Reads the parts of one value, never past its end; the end can be narrowed for a nested value. */
final class ValueReader {
    private byte[] buffer = new byte[0];
    private int position;
    private int limit;

    void reset(byte[] newBuffer, int offset, int length) {
        buffer = newBuffer;
        position = offset;
        limit = offset + length;
    }

    byte[] buffer() {
        return buffer;
    }

    int position() {
        return position;
    }

    int remaining() {
        return limit - position;
    }

    /** Narrows to the next {@code length} bytes; give what this returns to {@link #leave}. */
    int enter(int length) {
        need(length);
        int outer = limit;
        limit = position + length;
        return outer;
    }

    /** Ends the nested value, which must have been read whole. */
    void leave(int outer) {
        end();
        limit = outer;
    }

    void end() {
        if (position != limit) {
            throw ValueErrors.malformed("bytes are left over (bytes=" + remaining() + ")");
        }
    }

    int int8() {
        need(1);
        return buffer[position++];
    }

    int uint8() {
        return int8() & 0xFF;
    }

    int int16() {
        need(2);
        position += 2;
        return BigEndian.int16(buffer, position - 2);
    }

    int uint16() {
        return int16() & 0xFFFF;
    }

    int int32() {
        need(4);
        position += 4;
        return BigEndian.int32(buffer, position - 4);
    }

    long int64() {
        need(8);
        position += 8;
        return BigEndian.int64(buffer, position - 8);
    }

    /** Skips bytes and tells where they start. */
    int skip(int length) {
        need(length);
        position += length;
        return position - length;
    }

    /** A count of things that take at least {@code bytesEach}, so that a wrong one is noticed before anything is done with it. */
    int count(int bytesEach) {
        int count = int32();
        if (count < 0 || (long) count * bytesEach > remaining()) {
            throw ValueErrors.malformed("impossible count (count=" + count + ")");
        }
        return count;
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > limit - position) {
            throw ValueErrors.malformed("it ends too early (needed=" + bytes + ", left=" + remaining() + ")");
        }
    }
}

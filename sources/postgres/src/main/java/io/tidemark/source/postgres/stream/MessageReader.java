package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.type.BigEndian;
import io.tidemark.source.postgres.type.RowLimit;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.charset.StandardCharsets;

/** Reads the parts of one message, never past its end. Reused from message to message. */
final class MessageReader {
    private byte[] buffer = new byte[0];
    private int start;
    private int position;
    private int limit;
    private long lsn;

    /** Starts with a message; {@code newLsn} is where errors say it is. */
    void reset(byte[] newBuffer, int offset, int length, long newLsn) {
        buffer = newBuffer;
        start = offset;
        position = offset;
        limit = offset + length;
        lsn = newLsn;
    }

    byte[] buffer() {
        return buffer;
    }

    /** A copy of the whole message; of one that is larger than this, of its beginning. */
    byte[] message(int bytesMax) {
        return java.util.Arrays.copyOfRange(
                buffer, start, limit - start > bytesMax ? start + RowLimit.HEAD_BYTES : limit);
    }

    /** Bytes of the whole message. */
    int length() {
        return limit - start;
    }

    /** A copy of the message up to a place. */
    byte[] head(int end) {
        return java.util.Arrays.copyOfRange(buffer, start, end);
    }

    /** A reader of this message from a place on. */
    MessageReader rest(int from) {
        MessageReader rest = new MessageReader();
        rest.reset(buffer, from, limit - from, lsn);
        return rest;
    }

    /** Goes back to a place that was passed. */
    void back(int to) {
        position = to;
    }

    int remaining() {
        return limit - position;
    }

    int int8() {
        need(1);
        return buffer[position++];
    }

    int int16() {
        need(2);
        position += 2;
        return BigEndian.int16(buffer, position - 2);
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

    /** Text up to a zero byte. */
    String string() {
        int end = position;
        while (end < limit && buffer[end] != 0) {
            end++;
        }
        if (end == limit) {
            throw malformed("a name does not end");
        }
        String text = new String(buffer, position, end - position, StandardCharsets.UTF_8);
        position = end + 1;
        return text;
    }

    /** Checks that the message was read whole. */
    void end() {
        if (position != limit) {
            throw malformed("bytes are left over (bytes=" + remaining() + ")");
        }
    }

    TidemarkException malformed(String reason) {
        return malformed(reason, null);
    }

    TidemarkException malformed(String reason, @org.jspecify.annotations.Nullable Throwable cause) {
        char type = limit > start ? (char) (buffer[start] & 0xFF) : '?';
        String shown = type > ' ' && type < 0x7F ? String.valueOf(type) : Integer.toString(type);
        return new TidemarkException(
                ErrorCode.SOURCE_PROTOCOL,
                "Cannot decode change message: " + reason + " (lsn=" + new Position(lsn) + ", type=" + shown
                        + ", bytes=" + (limit - start) + ")",
                cause);
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > limit - position) {
            throw malformed("it ends too early (needed=" + bytes + ", left=" + remaining() + ")");
        }
    }
}

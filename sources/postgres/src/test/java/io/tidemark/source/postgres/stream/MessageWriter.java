package io.tidemark.source.postgres.stream;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes messages as a server does. */
final class MessageWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    static MessageWriter of(char type) {
        return new MessageWriter().int8(type);
    }

    static byte[] begin(long position, int xid) {
        return of('B').int64(position).int64(0).int32(xid).bytes();
    }

    static byte[] commit(long position, long end) {
        return of('C').int8(0).int64(position).int64(end).int64(0).bytes();
    }

    /** Table {@code public.t} with an integer key {@code id} and a text {@code note}. */
    static byte[] relation(int oid) {
        return describe(of('R'), oid);
    }

    static byte[] streamedRelation(int xid, int oid) {
        return describe(of('R').int32(xid), oid);
    }

    private static byte[] describe(MessageWriter writer, int oid) {
        return writer.int32(oid)
                .string("public")
                .string("t")
                .int8('d')
                .int16(2)
                .int8(1)
                .string("id")
                .int32(23)
                .int32(-1)
                .int8(0)
                .string("note")
                .int32(25)
                .int32(-1)
                .bytes();
    }

    static byte[] insert(int oid, int id, String note) {
        return of('I').int32(oid).int8('N').row(id, note).bytes();
    }

    static byte[] streamedInsert(int xid, int oid, int id, String note) {
        return of('I').int32(xid).int32(oid).int8('N').row(id, note).bytes();
    }

    static byte[] update(int oid, int oldId, int id, String note) {
        return of('U').int32(oid)
                .int8('K')
                .row(oldId, null)
                .int8('N')
                .row(id, note)
                .bytes();
    }

    static byte[] delete(int oid, int id) {
        return of('D').int32(oid).int8('K').row(id, null).bytes();
    }

    static byte[] truncate(int... oids) {
        MessageWriter writer = of('T').int32(oids.length).int8(0);
        for (int oid : oids) {
            writer.int32(oid);
        }
        return writer.bytes();
    }

    static byte[] marker(String content) {
        byte[] text = content.getBytes(StandardCharsets.UTF_8);
        return of('M').int8(1)
                .int64(1)
                .string("tidemark")
                .int32(text.length)
                .raw(text)
                .bytes();
    }

    MessageWriter row(int id, String note) {
        int16(2).int8('b').int32(4).int32(id);
        if (note == null) {
            return int8('n');
        }
        byte[] text = note.getBytes(StandardCharsets.UTF_8);
        return int8('b').int32(text.length).raw(text);
    }

    MessageWriter int8(int value) {
        return write(() -> out.writeByte(value));
    }

    MessageWriter int16(int value) {
        return write(() -> out.writeShort(value));
    }

    MessageWriter int32(int value) {
        return write(() -> out.writeInt(value));
    }

    MessageWriter int64(long value) {
        return write(() -> out.writeLong(value));
    }

    MessageWriter raw(byte[] value) {
        return write(() -> out.write(value));
    }

    MessageWriter string(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private interface Write {
        void run() throws IOException;
    }

    private MessageWriter write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }
}

package io.tidemark.source.postgres.type;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in network byte order inside an array. Callers check the bounds of the message; these check those of the array. */
public final class BigEndian {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    public static int int16(byte[] buffer, int offset) {
        return (short) SHORTS.get(buffer, offset);
    }

    public static int int32(byte[] buffer, int offset) {
        return (int) INTS.get(buffer, offset);
    }

    public static long int64(byte[] buffer, int offset) {
        return (long) LONGS.get(buffer, offset);
    }

    static void putInt64(byte[] buffer, int offset, long value) {
        LONGS.set(buffer, offset, value);
    }
}

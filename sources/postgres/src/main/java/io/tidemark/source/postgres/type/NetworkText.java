package io.tidemark.source.postgres.type;

/** Text of network addresses. */
final class NetworkText {
    private static final int FAMILY_4 = 2;
    private static final int FAMILY_6 = 3;
    private static final int WORDS = 8;

    private NetworkText() {}

    /** Family, bits of the netmask, whether it is a cidr, length, address. A cidr always shows its netmask, an inet unless it is full. */
    static void inet(TextOut out, ValueReader in) {
        int family = in.uint8();
        int bits = in.uint8();
        boolean isCidr = in.uint8() != 0;
        int length = in.uint8();
        if ((family != FAMILY_4 || length != 4) && (family != FAMILY_6 || length != 16)) {
            throw ValueErrors.malformed("unknown address family (family=" + family + ", bytes=" + length + ")");
        }
        byte[] buffer = in.buffer();
        int at = in.skip(length);
        if (family == FAMILY_4) {
            putDotted(out, buffer, at);
        } else {
            putIpv6(out, buffer, at);
        }
        if (isCidr || bits != length * 8) {
            out.put('/').putLong(bits);
        }
    }

    static void mac(TextOut out, ValueReader in) {
        int length = in.remaining();
        if (length != 6 && length != 8) {
            throw ValueErrors.malformed("unexpected length of a hardware address (bytes=" + length + ")");
        }
        byte[] buffer = in.buffer();
        int at = in.skip(length);
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                out.put(':');
            }
            out.putHexByte(buffer[at + i]);
        }
    }

    private static void putDotted(TextOut out, byte[] buffer, int at) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                out.put('.');
            }
            out.putLong(buffer[at + i] & 0xFF);
        }
    }

    /** The first longest run of two or more zero words is left out; the last 4 bytes of an embedded version 4 address are dotted. */
    private static void putIpv6(TextOut out, byte[] buffer, int at) {
        int[] words = new int[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = BigEndian.int16(buffer, at + 2 * i) & 0xFFFF;
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < WORDS; i++) {
            int end = i;
            while (end < WORDS && words[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        boolean embeds = runStart == 0 && (runLength == 6 || (runLength == 5 && words[5] == 0xFFFF));
        for (int i = 0; i < WORDS; i++) {
            if (runStart >= 0 && i >= runStart && i < runStart + runLength) {
                if (i == runStart) {
                    out.put(':');
                }
                continue;
            }
            if (i != 0) {
                out.put(':');
            }
            if (i == 6 && embeds) {
                putDotted(out, buffer, at + 12);
                return;
            }
            out.put(Integer.toHexString(words[i]));
        }
        if (runStart >= 0 && runStart + runLength == WORDS) {
            out.put(':');
        }
    }
}

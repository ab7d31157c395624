package io.tidemark.metastore.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the node of an entry holds: a line of head, and behind it the value, or nothing when the value lies in parts, in nodes of their own. */
final class EntryNode {
    private final String token;
    private final List<String> parts;
    private final byte[] value;

    /**
     * @param token of the call that wrote it
     * @param parts names of the nodes with the value, in order; empty when the value is here
     * @param value UTF-8 of the value; empty when it lies in parts
     */
    EntryNode(String token, List<String> parts, byte[] value) {
        this.token = token;
        this.parts = List.copyOf(parts);
        this.value = value;
    }

    String token() {
        return token;
    }

    List<String> parts() {
        return parts;
    }

    byte[] value() {
        return value;
    }

    byte[] bytes() {
        String head = parts.isEmpty() ? token : token + ' ' + String.join(" ", parts);
        byte[] line = (head + '\n').getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[line.length + value.length];
        System.arraycopy(line, 0, all, 0, line.length);
        System.arraycopy(value, 0, all, line.length, value.length);
        return all;
    }

    static EntryNode parse(byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != '\n') {
            end++;
        }
        if (end == data.length) {
            throw new IllegalStateException("Cannot read a node of the metadata store: it is no entry");
        }
        List<String> head = List.of(new String(data, 0, end, StandardCharsets.US_ASCII).split(" ", -1));
        byte[] value = new byte[data.length - end - 1];
        System.arraycopy(data, end + 1, value, 0, value.length);
        return new EntryNode(head.get(0), head.subList(1, head.size()), value);
    }

    /** Pieces of a value that is too large for one node. */
    static List<byte[]> split(byte[] value, int bytesMax) {
        List<byte[]> pieces = new ArrayList<>();
        for (int start = 0; start < value.length; start += bytesMax) {
            byte[] piece = new byte[Math.min(bytesMax, value.length - start)];
            System.arraycopy(value, start, piece, 0, piece.length);
            pieces.add(piece);
        }
        return pieces;
    }
}

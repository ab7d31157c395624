package io.tidemark.metastore.zookeeper;

/**
 * Where entries are. A key is cut behind its last slash: the front names a folder, a child of {@code entries}; the rest names a child of that folder, so
 * that a list reads the names of few folders instead of all. In names of nodes, {@code %} and {@code /} are written as {@code %25} and {@code %2F}, and
 * {@code =} stands in front, because ZooKeeper takes neither an empty name nor {@code .} and {@code ..}.
 */
final class NodePaths {
    private static final String MARK = "=";

    private final String root;

    /** @param root path without a slash at its end */
    NodePaths(String root) {
        this.root = root;
    }

    String root() {
        return root;
    }

    /** Node whose children are the folders. */
    String entries() {
        return root + "/entries";
    }

    /** Node whose children are parts of large values. */
    String parts() {
        return root + "/parts";
    }

    String part(String name) {
        return parts() + '/' + name;
    }

    /** Node of a folder, as {@link #folderOf} gives it. */
    String folder(String folder) {
        return entries() + '/' + escape(folder);
    }

    String entry(String key) {
        return folder(folderOf(key)) + '/' + escape(key.substring(folderOf(key).length()));
    }

    /** The front of a key, with the slash at its end; empty when the key has none. */
    static String folderOf(String key) {
        return key.substring(0, key.lastIndexOf('/') + 1);
    }

    private static String escape(String part) {
        return MARK + part.replace("%", "%25").replace("/", "%2F");
    }

    /** What a node's name stands for. */
    static String unescape(String name) {
        return name.substring(MARK.length()).replace("%2F", "/").replace("%25", "%");
    }
}

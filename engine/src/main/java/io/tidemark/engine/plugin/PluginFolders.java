package io.tidemark.engine.plugin;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Plug-ins that bring libraries of their own: folders of jars. The file {@code plugin.properties} of a folder lists the types in it by what they are, for
 * example {@code lake=hudi}, so that a folder is opened only when one of its types is asked for.
 */
final class PluginFolders {
    private static final String PROPERTY = "tidemark.plugins";
    private static final String INDEX = "plugin.properties";

    /** A folder has one class loader in a process: locks and native libraries of a plug-in are there once. */
    private static final Map<Path, ClassLoader> LOADERS = new ConcurrentHashMap<>();

    private final List<Path> roots;

    /** @param roots each holds folders of plug-ins */
    PluginFolders(List<Path> roots) {
        this.roots = roots.stream()
                .map(root -> root.toAbsolutePath().normalize())
                .filter(Files::isDirectory)
                .toList();
    }

    /** What the system property {@code tidemark.plugins} names, as a class path is written; none without it. */
    static PluginFolders ofLauncher() {
        String paths = System.getProperty(PROPERTY, "");
        return new PluginFolders(
                paths.isEmpty()
                        ? List.of()
                        : Arrays.stream(paths.split(File.pathSeparator, -1))
                                .map(Path::of)
                                .toList());
    }

    /**
     * Types of plug-ins in the folders.
     *
     * @param kind what they are, as messages name it
     */
    Set<String> types(String kind) {
        Set<String> types = new TreeSet<>();
        folders().forEach(folder -> types.addAll(types(folder, kind)));
        return types;
    }

    /** A plug-in of a folder; whatever it makes runs with the class loader of the folder. */
    <T> Optional<T> find(String kind, String type, Class<T> contract, Function<T, String> typeOf) {
        Optional<Path> holder = folders().stream()
                .filter(folder -> types(folder, kind).contains(type))
                .findFirst();
        if (holder.isEmpty()) {
            return Optional.empty();
        }
        Path folder = holder.orElseThrow();
        ClassLoader loader = LOADERS.computeIfAbsent(folder, PluginFolders::open);
        for (T plugin : ServiceLoader.load(contract, loader)) {
            if (typeOf.apply(plugin).equals(type)) {
                return Optional.of(PluginCalls.entering(loader, contract, plugin));
            }
        }
        throw new TidemarkException(
                ErrorCode.PLUGIN_NOT_FOUND,
                "Cannot use " + kind + " of type '" + type + "': its folder holds no such plug-in (folder=" + folder
                        + ")");
    }

    private List<Path> folders() {
        return roots.stream()
                .flatMap(root -> list(root).filter(Files::isDirectory).sorted())
                .toList();
    }

    private static Set<String> types(Path folder, String kind) {
        Path file = folder.resolve(INDEX);
        Properties index = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                index.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new TidemarkException(
                        ErrorCode.PLUGIN_NOT_FOUND,
                        "Cannot look for plug-ins: " + e.getMessage() + " (file=" + file + ")",
                        e);
            }
        }
        String types = index.getProperty(kind.replace(' ', '-'), "").trim();
        return types.isEmpty() ? Set.of() : Set.of(types.split(" +", -1));
    }

    /** Tidemark's own jars come first, so that asking a plug-in for its settings opens no other. */
    private static ClassLoader open(Path folder) {
        Comparator<Path> order = Comparator.comparing((Path jar) -> !isOwn(jar)).thenComparing(PluginFolders::name);
        return new PluginClassLoader(
                name(folder), jars(folder).sorted(order).map(PluginFolders::url).toArray(URL[]::new));
    }

    /** The jars of a folder. */
    static Stream<Path> jars(Path folder) {
        return list(folder).filter(file -> name(file).endsWith(".jar"));
    }

    static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("Cannot open a plug-in: " + jar + " is no URL", e);
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.toList().stream();
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.PLUGIN_NOT_FOUND,
                    "Cannot look for plug-ins: " + e.getMessage() + " (folder=" + folder + ")",
                    e);
        }
    }

    /** Whether a jar is one of Tidemark's, not a library. */
    static boolean isOwn(Path jar) {
        return name(jar).startsWith("tidemark-");
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}

package io.tidemark.engine.plugin;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Plug-ins that bring libraries of their own: a folder of jars for each, named by its type. */
final class PluginFolders {
    private static final String PROPERTY = "tidemark.plugins";

    /** A folder has one class loader in a process: locks and native libraries of a plug-in are there once. */
    private static final Map<Path, ClassLoader> LOADERS = new ConcurrentHashMap<>();

    private final Optional<Path> root;

    PluginFolders(Optional<Path> root) {
        this.root = root.map(path -> path.toAbsolutePath().normalize());
    }

    /** What the system property {@code tidemark.plugins} names; none without it. */
    static PluginFolders ofLauncher() {
        return new PluginFolders(
                Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of));
    }

    /** Names of the folders. */
    Set<String> types() {
        Set<String> types = new TreeSet<>();
        if (root.filter(Files::isDirectory).isPresent()) {
            list(root.orElseThrow()).filter(Files::isDirectory).forEach(folder -> types.add(name(folder)));
        }
        return types;
    }

    /** The lake plug-in of a folder; whatever it makes runs with the class loader of the folder. */
    LakeProvider lake(String type) {
        Path folder = root.orElseThrow().resolve(type);
        ClassLoader loader = LOADERS.computeIfAbsent(folder, PluginFolders::open);
        LakeProvider found = ServiceLoader.load(LakeProvider.class, loader)
                .findFirst()
                .filter(provider -> provider.type().equals(type))
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.PLUGIN_NOT_FOUND,
                        "Cannot use lake of type '" + type + "': its folder holds no such plug-in (folder=" + folder
                                + ")"));
        return PluginCalls.entering(loader, LakeProvider.class, found);
    }

    /** Tidemark's own jars come first, so that asking a plug-in for its settings opens no other. */
    private static ClassLoader open(Path folder) {
        Comparator<Path> order = Comparator.comparing((Path jar) -> !name(jar).startsWith("tidemark-"))
                .thenComparing(PluginFolders::name);
        List<URL> jars = new ArrayList<>();
        for (Path jar : list(folder)
                .filter(file -> name(file).endsWith(".jar"))
                .sorted(order)
                .toList()) {
            try {
                jars.add(jar.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException("Cannot open a plug-in: " + jar + " is no URL", e);
            }
        }
        return new PluginClassLoader(name(folder), jars.toArray(URL[]::new));
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

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}

package io.tidemark.engine.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.ServiceLoader;

/**
 * Finds the plug-ins in Tidemark's own jars without opening those of the libraries: a hundred of them, which takes a quarter of a second. The launcher
 * names their folder; where there is none, as in tests and on Spark, plug-ins are looked for on all of the class path.
 */
final class OwnJars extends URLClassLoader {
    private static final String PROPERTY = "tidemark.lib";
    private static final ClassLoader LOADER = ofLauncher();

    private OwnJars(URL[] jars, ClassLoader classPath) {
        super(jars, classPath);
    }

    /** The plug-ins of a contract; their classes are those of the class path. */
    static <T> ServiceLoader<T> services(Class<T> contract) {
        return ServiceLoader.load(contract, LOADER);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name);
    }

    private static ClassLoader ofLauncher() {
        ClassLoader classPath = OwnJars.class.getClassLoader();
        String lib = System.getProperty(PROPERTY, "");
        return lib.isEmpty()
                ? classPath
                : new OwnJars(
                        PluginFolders.jars(Path.of(lib))
                                .filter(PluginFolders::isOwn)
                                .map(PluginFolders::url)
                                .toArray(URL[]::new),
                        classPath);
    }
}

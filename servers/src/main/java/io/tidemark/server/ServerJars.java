package io.tidemark.server;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Jars of a server that runs in this process, with a class loader of their own, so that nothing else sees its libraries. */
public final class ServerJars implements AutoCloseable {
    private final URLClassLoader loader;

    private ServerJars(URLClassLoader loader) {
        this.loader = loader;
    }

    /** Something that is done with the server's classes. */
    public interface Work<T> {
        T run() throws ReflectiveOperationException;
    }

    /**
     * Opens jars.
     *
     * @param name name of the class loader
     * @param jars the server and all that it needs
     * @param first folder that is looked at before the jars, for configuration of logging
     */
    public static ServerJars open(String name, List<Path> jars, Path first) throws IOException {
        List<URL> urls = new ArrayList<>();
        urls.add(first.toUri().toURL());
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        return new ServerJars(new URLClassLoader(name, urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
    }

    /** A class of the server. */
    public Class<?> load(String name) throws ClassNotFoundException {
        return loader.loadClass(name);
    }

    /** Whether a thread is the server's. */
    public boolean isOf(Thread thread) {
        return thread.getContextClassLoader() == loader;
    }

    /** Does something while the thread's context class loader is the server's, as its libraries expect. */
    public <T> T inside(Work<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.run();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Cannot call the server: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot call the server: " + e, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Calls a method without arguments. */
    public Object call(Object target, String method) {
        return inside(() -> target.getClass().getMethod(method).invoke(target));
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}

package io.tidemark.dist;

import io.tidemark.dist.Failpoint.Moment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/**
 * A Java agent that has a process end at a {@link Failpoint}, as {@code kill -9} would end it. Nothing happens until the standard input of the process
 * says so: {@code arm SLICE_SEALED BEFORE 2} for the second call from now on, {@code disarm} to take it back. It is public because the woven classes
 * call it.
 */
public final class Failpoints {
    /** Begins the line that tells at which failpoint a process ended. */
    static final String REACHED = "failpoint reached: ";

    private static final int KILLED = 137;
    private static volatile Armed armed;

    private record Armed(Failpoint point, Moment moment, AtomicInteger left) {}

    private Failpoints() {}

    /** Called by Java before the program starts. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        instrumentation.addTransformer(new Weaver());
        Thread orders = new Thread(Failpoints::takeOrders, "failpoints");
        orders.setDaemon(true);
        orders.start();
    }

    /** Writes the jar that makes Java start the agent; its classes are on the class path. */
    static Path writeAgent(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), Failpoints.class.getName());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream archive = new JarOutputStream(out, manifest)) {
            archive.finish();
        }
        return jar;
    }

    /** Called at both ends of every woven method. */
    public static void pass(String type, String method, Object[] arguments, boolean isBefore) {
        Armed wanted = armed;
        if (wanted != null
                && isBefore == (wanted.moment() == Moment.BEFORE)
                && wanted.point().isCall(type, method, arguments)
                && wanted.left().decrementAndGet() == 0) {
            System.err.println(REACHED + wanted.point() + " " + wanted.moment());
            Runtime.getRuntime().halt(KILLED);
        }
    }

    private static void takeOrders() {
        try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ", -1);
                armed = words[0].equals("arm")
                        ? new Armed(
                                Failpoint.valueOf(words[1]),
                                Moment.valueOf(words[2]),
                                new AtomicInteger(Integer.parseInt(words[3])))
                        : null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Who gives the orders has died: nobody is to kill this process any more.
        Runtime.getRuntime().halt(KILLED);
    }

    /** What every method of a failpoint does besides. */
    static final class Woven {
        private Woven() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Origin("#t") String type,
                @Advice.Origin("#m") String method,
                @Advice.AllArguments Object[] arguments) {
            Failpoints.pass(type, method, arguments, true);
        }

        @Advice.OnMethodExit
        static void exit(
                @Advice.Origin("#t") String type,
                @Advice.Origin("#m") String method,
                @Advice.AllArguments Object[] arguments) {
            Failpoints.pass(type, method, arguments, false);
        }
    }

    /** Changes the classes of failpoints, each with its methods, as they are loaded. */
    private static final class Weaver implements ClassFileTransformer {
        private final Map<String, Set<String>> methods = Arrays.stream(Failpoint.values())
                .collect(Collectors.groupingBy(
                        Failpoint::type, Collectors.mapping(Failpoint::method, Collectors.toSet())));

        @Override
        public byte[] transform(
                ClassLoader loader, String path, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
            String name = path == null ? "" : path.replace('/', '.');
            if (!methods.containsKey(name)) {
                return null;
            }
            try {
                ClassFileLocator files = new ClassFileLocator.Compound(
                        ClassFileLocator.Simple.of(name, bytes), ClassFileLocator.ForClassLoader.of(loader));
                TypeDescription type = TypePool.Default.of(files).describe(name).resolve();
                String[] woven = methods.get(name).toArray(String[]::new);
                return new ByteBuddy()
                        .decorate(type, files)
                        .visit(Advice.to(Woven.class).on(ElementMatchers.namedOneOf(woven)))
                        .make()
                        .getBytes();
            } catch (RuntimeException | LinkageError e) {
                // A failpoint that is not woven would never be reached, silently.
                System.err.println("Exception in thread: cannot weave " + name + ": " + e);
                Runtime.getRuntime().halt(1);
                throw e;
            }
        }
    }
}

using System.Runtime;

/// <summary>In a process that names this assembly in <c>DOTNET_STARTUP_HOOKS</c>: writes at its end how many methods were compiled while it ran. The runtime looks for this name, outside namespaces.</summary>
internal static class StartupHook
{
    /// <summary>The variable with the file to write.</summary>
    public const string File = "COMPILED_METHODS_FILE";

    public static void Initialize() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.File.WriteAllText(Environment.GetEnvironmentVariable(File)!, $"{JitInfo.GetCompiledMethodCount()}");
}

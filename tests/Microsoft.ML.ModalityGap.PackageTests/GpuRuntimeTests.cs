namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>That <c>-p:OnnxRuntime=Gpu</c> takes ONNX Runtime with CUDA, which runs on the CPU where there is no device.</summary>
[TestClass]
public class GpuRuntimeTests
{
    [TestMethod]
    public void Tool_BuiltForTheGpuFromAnEmptyCache_RestoresWithoutWarningAndFallsBackToTheCpuWithOne()
    {
        using var folder = new WorkFolder();
        var build = DotNet.Run(
            DotNet.RepositoryRoot,
            "build",
            "src/Microsoft.ML.ModalityGap.Tool",
            "-c",
            DotNet.Configuration,
            "-nr:false",
            "--artifacts-path",
            folder.File("artifacts"),
            "-p:OnnxRuntime=Gpu",
            $"-p:RestorePackagesPath={folder.File("packages")}");
        Assert.DoesNotContain("warning", build.Output);

        var bin = Path.Combine(folder.File("artifacts"), "bin", "Microsoft.ML.ModalityGap.Tool", DotNet.Configuration.ToLowerInvariant());
        Assert.IsNotEmpty(Directory.GetFiles(bin, "*onnxruntime_providers_cuda*", SearchOption.AllDirectories), "The runtime with CUDA has come along.");
        var tool = Path.Combine(bin, "modality-gap.dll");
        var model = Path.Combine(DotNet.RepositoryRoot, "samples", "TinyClip", "model");
        File.WriteAllText(folder.File("captions.txt"), "a small red circle\ntwo blue squares\n");
        string[] embed = [tool, "embed", "--model", model, "--texts", "captions.txt", "--out"];

        // Without a device that can be seen, a machine with one is like a machine without.
        (string, string)[] noDevice = [("CUDA_VISIBLE_DEVICES", "-1")];
        Assert.DoesNotContain("runs on the CPU", DotNet.RunProgram("dotnet", folder.Path, noDevice, [.. embed, "cpu.npy"]).Error);
        var fallenBack = DotNet.RunProgram("dotnet", folder.Path, noDevice, [.. embed, "gpu.npy", "--gpu-device", "0", "--fallback-to-cpu"]);
        Assert.Contains("cannot run on GPU 0 and runs on the CPU", fallenBack.Error + fallenBack.Output);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("cpu.npy")), File.ReadAllBytes(folder.File("gpu.npy")));
    }
}

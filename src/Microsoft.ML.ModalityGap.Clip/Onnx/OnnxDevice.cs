using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Where and with how many threads an encoder runs: the options, and what they leave open from the context.</summary>
internal readonly record struct OnnxDevice(int? GpuDeviceId, bool FallbackToCpu, int? IntraOpNumThreads, int? InterOpNumThreads, OnnxGraphOptimization GraphOptimization)
{
    internal static OnnxDevice Create(IHostEnvironment env, EncodeWithOnnxOptions options)
    {
        var context = env as IHostEnvironmentInternal;
        return new OnnxDevice(options.GpuDeviceId ?? context?.GpuDeviceId, options.FallbackToCpu ?? context?.FallbackToCpu ?? false, Limit(options.IntraOpNumThreads),
            Limit(options.InterOpNumThreads), options.GraphOptimization);
    }

    /// <summary>
    /// No more than there are cores here: ONNX Runtime starts what it is asked for, and its threads spin while they wait. A model may have been stored on a larger machine, or by somebody who means ill.
    /// </summary>
    internal static int? Limit(int? threads) => threads is { } count ? Math.Min(count, Environment.ProcessorCount) : null;

    /// <summary>How single rows are encoded: one run with all threads.</summary>
    internal OnnxThreading ForRows => new(Runs: 1, IntraOpNumThreads);

    /// <summary>
    /// How a batch is encoded. On the CPU it is split into runs side by side, which costs less than threads that wait for each other after every operator;
    /// when the number of
    /// threads is set, that is followed instead.
    /// </summary>
    internal OnnxThreading ForBatches(int batchSize)
    {
        var cores = Environment.ProcessorCount;
        var runs = Math.Min(cores, batchSize / OnnxThreading.MinimumRowsPerRun);
        return GpuDeviceId is not null || IntraOpNumThreads is not null || runs < 2 ? ForRows : new OnnxThreading(runs, cores - runs + 1);
    }

    /// <exception cref="InvalidOperationException">The native ONNX Runtime is missing, or the GPU cannot be used and falling back to the CPU was not
    /// allowed.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime cannot load the model.</exception>
    internal InferenceSession Open(IHost host, OnnxModelSource model, OnnxThreading threading)
    {
        if (GpuDeviceId is not { } gpu)
            return OpenOn(model, threading, gpu: null);
        try
        {
            return OpenOn(model, threading, gpu);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            if (!FallbackToCpu)
            {
                throw new InvalidOperationException(
                    $"The encoder '{model.Name}' cannot run on GPU {gpu}: {e.Message} Reference the package Microsoft.ML.OnnxRuntime.Gpu instead of Microsoft.ML.OnnxRuntime " +
                    "(with this library's build, set the MSBuild property OnnxRuntime=Gpu), check the CUDA installation, or allow FallbackToCpu.", e);
            }

            using var channel = host.Start("Opening the encoder");
            channel.Warning($"The encoder '{model.Name}' cannot run on GPU {gpu} and runs on the CPU: {e.Message}");
            return OpenOn(model, threading, gpu: null);
        }
    }

    private InferenceSession OpenOn(OnnxModelSource model, OnnxThreading threading, int? gpu)
    {
        try
        {
            // Errors are thrown; ONNX Runtime would write them to the console, too.
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            if (threading.IntraOpNumThreads is { } threads)
                options.IntraOpNumThreads = threads;
            options.GraphOptimizationLevel = GraphOptimization switch
            {
                OnnxGraphOptimization.None => GraphOptimizationLevel.ORT_DISABLE_ALL,
                OnnxGraphOptimization.Basic => GraphOptimizationLevel.ORT_ENABLE_BASIC,
                OnnxGraphOptimization.Extended => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                _ => GraphOptimizationLevel.ORT_ENABLE_ALL,
            };

            // Products of int8 whose sums leave int16, where the processor adds up in that, as AVX2 does.
            options.AddSessionConfigEntry("session.x64quantprecision", "1");
            if (InterOpNumThreads is { } operators)
                (options.ExecutionMode, options.InterOpNumThreads) = (ExecutionMode.ORT_PARALLEL, operators);
            if (gpu is { } id)
                options.AppendExecutionProvider_CUDA(id);
            return model.Open(options);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            throw new InvalidOperationException(
                "The native ONNX Runtime was not found. Reference the package Microsoft.ML.OnnxRuntime (CPU) or Microsoft.ML.OnnxRuntime.Gpu in the application.", e);
        }
        catch (OnnxRuntimeException e) when (gpu is null)
        {
            throw new InvalidDataException($"ONNX Runtime cannot load the model '{model.Name}': {e.Message}", e);
        }
    }
}

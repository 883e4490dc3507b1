namespace Microsoft.ML.ModalityGap;

/// <summary>How far ONNX Runtime rewrites a graph when it opens it.</summary>
public enum OnnxGraphOptimization
{
    /// <summary>All of its rewriting, layouts of memory included: the default.</summary>
    All,

    /// <summary>Fusions that depend on the processor, too.</summary>
    Extended,

    /// <summary>What keeps the graph's meaning on every processor: constants folded, what is redundant removed.</summary>
    Basic,

    /// <summary>None: the graph runs as it is.</summary>
    None,
}

namespace Microsoft.ML.ModalityGap;

/// <summary>How much has been asked of the expensive kernels on this thread: what tests hold work by, since seconds are another machine's.</summary>
internal static class KernelWork
{
    /// <summary>The multiply-adds of <see cref="MatrixProduct"/>; of a symmetric result half of them.</summary>
    [field: ThreadStatic]
    internal static long MultiplyAdds { get; private set; }

    /// <summary>The calls of <see cref="SymmetricEigen"/>.</summary>
    [field: ThreadStatic]
    internal static long Decompositions { get; private set; }

    /// <summary>Counts a product.</summary>
    internal static void AddProduct(long multiplyAdds) => MultiplyAdds += multiplyAdds;

    /// <summary>Counts a decomposition.</summary>
    internal static void AddDecomposition() => Decompositions++;
}

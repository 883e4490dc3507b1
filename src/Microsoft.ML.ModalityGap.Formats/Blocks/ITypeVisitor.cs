namespace Microsoft.ML.ModalityGap;

/// <summary>Does something with the type of a column's values.</summary>
internal interface ITypeVisitor<out TResult>
{
    TResult Visit<T>()
        where T : struct;
}

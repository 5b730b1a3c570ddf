"""The register: rules of the demande, pure."""
